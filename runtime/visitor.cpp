#include "runtime/visitor.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.h"
#include "base/sys_process.h"
#include "base/trace.h"
#include "runtime/terminal.h"
#include "runtime/workload.h"

namespace aictr::runtime {
namespace {

class Visitor {
 public:
  explicit Visitor(VisitorInheritance inheritance)
      : in_(std::move(inheritance)), workload_(in_.request.process, in_.plan) {}

  // From its birth to its exec.
  Result<void> run() {
    TRY(be_born());
    TRY(take_streams());
    TRY(workload_.become_user(in_.handshake));
    trace_step("exec: became the user");
    TRY(report_ready());
    return workload_.execute(in_.request.extra_fds, in_.handshake);
  }

  void fail(const Error& error) const { in_.handshake.fail(error); }

 private:
  Result<void> be_born() {
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::umask(0);
    TRY(sys::setsid());
    trace_step("exec: in the container");
    return {};
  }

  Result<void> take_streams() {
    if (in_.own_keyring) TRY(workload_.join_keyring(in_.request.id));
    if (in_.request.process.terminal) {
      UniqueFd root = TRY(sys::open("/", O_PATH | O_DIRECTORY));
      terminal_ = TRY(open_terminal(root.get(), {in_.request.process.console_size, in_.request.plain_newlines}));
    }
    return workload_.take_streams(terminal_);
  }

  Result<void> report_ready() {
    if (in_.request.die_with_parent) TRY(sys::prctl(PR_SET_PDEATHSIG, SIGKILL));
    TRY(in_.handshake.send(Step::ready, {}, terminal_ ? terminal_->master.get() : -1));
    terminal_.reset();
    return {};
  }

  VisitorInheritance in_;
  std::optional<Terminal> terminal_;
  Workload workload_;
};

}  // namespace

void run_visitor(VisitorInheritance inheritance) {
  Visitor visitor(std::move(inheritance));
  auto done = visitor.run();
  visitor.fail(done.error());
  ::_exit(1);
}

}  // namespace aictr::runtime
