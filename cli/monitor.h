#pragma once

// The one process that stays with a container: the parent of its first process, and the owner of its standard streams
// or its terminal. It writes the log, serves those who are attached, asks for the container's health, and hands over to
// `aictr` when the container ends. One thread, no memory worth mentioning (cli/monitor_main.cpp is all of the program).

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/container_log.h"
#include "cli/monitor_client.h"
#include "cli/monitor_plan.h"

namespace aictr::cli {

class Monitor {
 public:
  static Result<Monitor> begin(MonitorPlan plan);

  // Until the container has ended and everybody attached has all that it wrote. Then becomes the plan's successor, with
  // "--code=N" and a "--client=FD" for each who waits; comes back only with the reason why it could not.
  Error run();

 private:
  explicit Monitor(MonitorPlan plan) : plan_(std::move(plan)) {}
  void wait();
  void take_signals();
  void reap();
  void carry_input();
  void carry_output(UniqueFd& from, ContainerLog::Stream stream);
  void serve_clients();
  void take_packet(MonitorClient& client);
  void accept_client();
  void tell(Packet kind, std::string_view bytes);
  void ask_for_health();
  void stop();
  int milliseconds_to_wait() const;
  bool may_read() const;
  bool is_done() const;
  Error become_successor();

  MonitorPlan plan_;
  std::optional<ContainerLog> log_;
  UniqueFd signals_;
  std::vector<MonitorClient> clients_;
  std::string to_container_;
  bool input_ends_ = false;  // once to_container_ is written
  std::optional<int> exit_code_;
  pid_t health_ = 0;  // of the program that asks for the container's health
  bool healthy_ = false;
  using Clock = std::chrono::steady_clock;
  Clock::time_point began_ = Clock::now();
  Clock::time_point ask_at_;                  // when to ask for the container's health next
  std::optional<Clock::time_point> kill_at_;  // it was asked to stop
  bool log_waits_ = false;                    // with a line that has no end yet
};

}  // namespace aictr::cli
