#pragma once

// What the worker of a stage and the build that started it say to each other, over a socket pair.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"
#include "images/build_observer.h"
#include "images/built_stage.h"

namespace aictr::images {

struct WorkerMessage {
  enum class Topic : std::uint8_t {
    started,   // a step: its title, behind the name of its stage and a line end
    output,    // of a step
    finished,  // a step: its outcome as a number, and the bytes of its layer
    warning,
    need,     // by the worker: the number of a stage it cannot go on without; the build answers with `built`
    built,    // a stage: print_stage(); from the worker it is the last word
    digests,  // of files that the worker has read
    failed,   // print_error(); the last word
  };
  Topic topic{};
  std::uint32_t number = 0;  // of the step or stage
  std::string text;
};

class WorkerChannel {
 public:
  static Result<std::pair<WorkerChannel, WorkerChannel>> pair();

  int fd() const { return socket_.get(); }  // polls as readable when there is something to receive
  void close() { socket_.reset(); }         // whoever waits at the other end goes on
  Result<void> send(WorkerMessage::Topic topic, std::size_t number, std::string_view text) const;
  Result<std::optional<WorkerMessage>> receive() const;  // waits; nothing: the other end is gone

 private:
  explicit WorkerChannel(UniqueFd socket) : socket_(std::move(socket)) {}
  UniqueFd socket_;
};

// Tells the build what a worker does.
class ChannelObserver : public BuildObserver {
 public:
  explicit ChannelObserver(const WorkerChannel& channel) : channel_(channel) {}
  void planned(std::size_t) override {}
  void started(std::size_t step, const std::string& stage, const std::string& title) override;
  void output(std::size_t step, std::string_view text) override;
  void finished(std::size_t step, Outcome outcome, std::int64_t bytes) override;
  void warning(const std::string& text) override;

 private:
  const WorkerChannel& channel_;
};

// A step that has ended, as a message has it.
struct FinishedStep {
  BuildObserver::Outcome outcome = BuildObserver::Outcome::done;
  std::int64_t bytes = 0;
};
FinishedStep parse_finished(std::string_view text);

std::string print_error(const Error& error);
Error parse_error(std::string_view text);
std::string print_stage(const BuiltStage& stage);
Result<BuiltStage> parse_stage(std::string_view text);

}  // namespace aictr::images
