#pragma once

// The files of the state root: "<id>.json" is the record of a container, and its presence is the claim to the id. A
// record is a line; one that is saved is appended, and the last whole line counts. So one file a container is made and
// removed, whose number a disk with a journal finds in microseconds only while few have been, and none is replaced,
// which has ext4 write it out.
// "<id>.start" is the socket at which the created process waits (start_gate.h). Flat, because making and removing a
// directory costs more than everything else that is written.

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "oci/runtime_record.h"
#include "runtime/container.h"

namespace aictr::runtime {

// Held by the process that creates a container, for as long as it does; the lock goes with the process, so nobody takes
// a half-made container of a dead creator for one in the making.
class StateFile {
 public:
  static Result<StateFile> claim(const StateRoot& root, const oci::RuntimeRecord& record);  // Kind::exists
  Result<void> save(const oci::RuntimeRecord& record) const;  // in one step, until the next boot

 private:
  explicit StateFile(UniqueFd locked) : locked_(std::move(locked)) {}
  UniqueFd locked_;
};

struct StoredRecord {
  oci::RuntimeRecord record;
  bool in_the_making = false;  // its creator is at it
};
// Kind::not_found when there is no such container, Kind::usage when there can be none.
Result<StoredRecord> load_record(const StateRoot& root, const std::string& id);
// Of a container that is made, in one step.
Result<void> replace_record(const StateRoot& root, const oci::RuntimeRecord& record);
std::string notify_directory_of(const std::string& id);  // its name in the state root
Result<void> make_notify_directory(const StateRoot& root, const std::string& id);
Result<void> remove_record(const StateRoot& root, const std::string& id);
Result<std::vector<std::string>> recorded_ids(const StateRoot& root);  // sorted

}  // namespace aictr::runtime
