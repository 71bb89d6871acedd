#include "images/worker_channel.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include <fmt/core.h>

#include "base/sys.h"
#include "base/text.h"
#include "base/unix_socket.h"
#include "oci/codec.h"

namespace aictr::images {
namespace {

using Topic = WorkerMessage::Topic;

// A packet: the topic, whether the text goes on in the next one, the number, a piece of the text. Longer packets than
// this the kernel may have no room for.
constexpr std::size_t kMostText = 32 * 1024;
struct Head {
  std::uint8_t topic = 0;
  std::uint8_t goes_on = 0;
  std::uint16_t unused = 0;
  std::uint32_t number = 0;
};

struct RawError {
  int kind = 0;
  int code = 0;
  std::string message;
  std::string hint;
  std::string excerpt;
};

template <class Codec>
void fields(Codec& codec, oci::Is<RawError> auto& e) {
  codec("kind", e.kind, oci::required);
  codec("code", e.code);
  codec("message", e.message);
  codec("hint", e.hint);
  codec("excerpt", e.excerpt);
}

struct RawStage {
  std::string config;
  std::vector<std::string> keys;
};

template <class Codec>
void fields(Codec& codec, oci::Is<RawStage> auto& s) {
  codec("config", s.config, oci::required);
  codec("keys", s.keys);
}

}  // namespace

Result<std::pair<WorkerChannel, WorkerChannel>> WorkerChannel::pair() {
  sys::SocketPair pair = TRY(sys::socket_pair(SOCK_SEQPACKET));
  return std::pair(WorkerChannel(std::move(pair.first)), WorkerChannel(std::move(pair.second)));
}

Result<void> WorkerChannel::send(Topic topic, std::size_t number, std::string_view text) const {
  do {
    std::string_view piece = text.substr(0, kMostText);
    text.remove_prefix(piece.size());
    Head head{static_cast<std::uint8_t>(topic), text.empty() ? std::uint8_t{0} : std::uint8_t{1}, 0,
              static_cast<std::uint32_t>(number)};
    std::string packet(sizeof head, '\0');
    std::memcpy(packet.data(), &head, sizeof head);
    packet += piece;
    TRY(sys::send_message(socket_.get(), packet));
  } while (!text.empty());
  return {};
}

Result<std::optional<WorkerMessage>> WorkerChannel::receive() const {
  WorkerMessage message;
  for (;;) {
    sys::Message packet = TRY(sys::receive_message(socket_.get()));
    Head head;
    if (packet.bytes.size() < sizeof head) return std::optional<WorkerMessage>();
    std::memcpy(&head, packet.bytes.data(), sizeof head);
    message.topic = static_cast<Topic>(head.topic);
    message.number = head.number;
    message.text += std::string_view(packet.bytes).substr(sizeof head);
    if (head.goes_on == 0) return std::optional(std::move(message));
  }
}

// That the build is gone ends a worker soon enough; nothing here need fail for it.
void ChannelObserver::started(std::size_t step, const std::string& stage, const std::string& title) {
  ignore(channel_.send(Topic::started, step, stage + "\n" + title));
}

void ChannelObserver::output(std::size_t step, std::string_view text) {
  ignore(channel_.send(Topic::output, step, text));
}

void ChannelObserver::finished(std::size_t step, Outcome outcome, std::int64_t bytes) {
  ignore(channel_.send(Topic::finished, step, fmt::format("{} {}", static_cast<int>(outcome), bytes)));
}

void ChannelObserver::warning(const std::string& text) {
  ignore(channel_.send(Topic::warning, 0, text));
}

FinishedStep parse_finished(std::string_view text) {
  auto space = std::min(text.find(' '), text.size());
  return {static_cast<BuildObserver::Outcome>(parse_number<int>(text.substr(0, space)).value_or(0)),
          parse_number<std::int64_t>(text.substr(std::min(space + 1, text.size()))).value_or(0)};
}

std::string print_error(const Error& error) {
  RawError raw{static_cast<int>(error.kind), error.code, error.message, error.hint, error.excerpt};
  return oci::print_json(oci::Encoder::encode(raw));
}

Error parse_error(std::string_view text) {
  auto json = oci::parse_json(text);
  if (!json.ok()) return std::move(json).error();
  auto raw = oci::Decoder::decode<RawError>(json.value(), "error");
  if (!raw.ok()) return std::move(raw).error();
  RawError said = std::move(raw).value();
  return {static_cast<Kind>(said.kind), said.code, std::move(said.message), std::move(said.hint),
          std::move(said.excerpt)};
}

std::string print_stage(const BuiltStage& stage) {
  oci::ImageConfig config;
  config.diff_ids = stage.layers;
  config.history = stage.history;
  config.created = stage.created;
  return oci::print_json(oci::Encoder::encode(RawStage{oci::print_image_config(config), stage.keys}));
}

Result<BuiltStage> parse_stage(std::string_view text) {
  oci::Json json = TRY(oci::parse_json(text));
  RawStage raw = TRY(oci::Decoder::decode<RawStage>(json, "stage"));
  oci::ImageConfig config = TRY(oci::parse_image_config(raw.config));
  return BuiltStage{std::move(config.diff_ids), std::move(config.history), std::move(config.created),
                    std::move(raw.keys)};
}

}  // namespace aictr::images
