#include "images/worker_channel.h"

#include <sys/socket.h>

#include <cstring>

#include "base/sys.h"
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
void ChannelObserver::started(std::size_t step, const std::string& title) {
  ignore(channel_.send(Topic::started, step, title));
}

void ChannelObserver::output(std::size_t step, std::string_view text) {
  ignore(channel_.send(Topic::output, step, text));
}

void ChannelObserver::finished(std::size_t step, Outcome outcome) {
  ignore(channel_.send(Topic::finished, step, std::to_string(static_cast<int>(outcome))));
}

void ChannelObserver::warning(const std::string& text) {
  ignore(channel_.send(Topic::warning, 0, text));
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
  return oci::print_image_config(config);
}

Result<BuiltStage> parse_stage(std::string_view text) {
  oci::ImageConfig config = TRY(oci::parse_image_config(text));
  return BuiltStage{std::move(config.diff_ids), std::move(config.history), std::move(config.created)};
}

}  // namespace aictr::images
