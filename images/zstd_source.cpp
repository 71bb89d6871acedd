#include "images/zstd_source.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <new>
#include <string>
#include <thread>
#include <utility>

#include <fmt/core.h>
#include <zstd.h>

namespace aictr::images {
namespace {

constexpr std::size_t kLongestHeader = 18;  // of a frame
constexpr std::uint64_t kMostOfFrame = 4 << 20;
constexpr std::int64_t kMostInFlight = 24 << 20;
constexpr std::size_t kBufferSize = 1 << 20;

Error damaged(std::string_view reason) {
  return make_error(Kind::corrupt, fmt::format("zstd: {}", reason));
}

// Plain bytes that are being made or wait to be taken, of all streams: several layers come at once.
class Room {
 public:
  explicit Room(std::int64_t bytes) : bytes_(bytes) { taken_ += bytes; }
  Room(Room&& other) noexcept : bytes_(std::exchange(other.bytes_, 0)) {}
  Room& operator=(Room&&) = delete;
  ~Room() { taken_ -= bytes_; }

  static bool is_there(std::int64_t bytes) { return taken_ + bytes <= kMostInFlight; }

 private:
  std::int64_t bytes_;
  static inline std::atomic<std::int64_t> taken_{0};
};

Result<std::string> decompress_frame(std::string frame, std::size_t size) {
  std::string plain(size, '\0');
  std::size_t n = ZSTD_decompress(plain.data(), plain.size(), frame.data(), frame.size());
  if (ZSTD_isError(n) != 0) return damaged(ZSTD_getErrorName(n));
  if (n != size) return damaged("a frame has another size than it tells");
  return plain;
}

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

struct ZstdSource::State {
  explicit State(ByteSource& from) : source(from), at_once(std::max(1U, std::thread::hardware_concurrency())) {}

  enum class Ahead { frame, stream, end };
  struct Frame {
    Room room;
    std::future<Result<std::string>> plain;
  };

  Result<bool> read_more();
  Result<Ahead> look_ahead();
  Result<void> begin_frames();
  void begin_stream();
  Result<std::string_view> next_of_stream();
  std::string_view rest() const { return std::string_view(input).substr(at); }

  ByteSource& source;
  std::string input;
  std::size_t at = 0;          // what has been taken of the input
  std::size_t frame_size = 0;  // of the frame ahead, compressed
  std::size_t plain_size = 0;
  std::size_t at_once;
  std::deque<Frame> frames;  // in their order
  std::string current;       // what next() has handed out
  std::unique_ptr<ZSTD_DCtx, FreeContext> context;
  bool streaming = false;
};

// False at the end of the input.
Result<bool> ZstdSource::State::read_more() {
  std::string_view data = TRY(source.next());
  input.erase(0, std::exchange(at, 0));
  input += data;
  return !data.empty();
}

// A frame ahead is in the input as a whole.
Result<ZstdSource::State::Ahead> ZstdSource::State::look_ahead() {
  for (;;) {
    if (rest().empty()) {
      if (TRY(read_more())) continue;
      return Ahead::end;
    }
    std::uint64_t size = ZSTD_getFrameContentSize(rest().data(), rest().size());
    if (size == ZSTD_CONTENTSIZE_ERROR) {
      if (rest().size() >= kLongestHeader) return damaged("the compressed data is invalid");
      if (!TRY(read_more())) return damaged("it ends early");
      continue;
    }
    bool tells_size = size != ZSTD_CONTENTSIZE_UNKNOWN && size != 0;  // 0: also of frames to be skipped
    if (!tells_size || size > kMostOfFrame) return Ahead::stream;
    frame_size = ZSTD_findFrameCompressedSize(rest().data(), rest().size());
    plain_size = static_cast<std::size_t>(size);
    if (ZSTD_isError(frame_size) == 0) return Ahead::frame;
    // Longer than it need be, in very small blocks, or not what it says: not to be waited for.
    if (rest().size() > ZSTD_compressBound(plain_size)) return Ahead::stream;
    if (!TRY(read_more())) return damaged("it ends early");
  }
}

Result<void> ZstdSource::State::begin_frames() {
  while (frames.size() < at_once) {
    Ahead ahead = TRY(look_ahead());
    if (ahead != Ahead::frame) break;
    auto size = static_cast<std::int64_t>(plain_size);
    if (!frames.empty() && !Room::is_there(size)) break;
    std::string frame(rest().substr(0, frame_size));
    at += frame_size;
    frames.push_back({Room(size), std::async(std::launch::async, decompress_frame, std::move(frame), plain_size)});
  }
  return {};
}

void ZstdSource::State::begin_stream() {
  if (!context) context.reset(ZSTD_createDCtx());
  if (!context) throw std::bad_alloc();
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
  streaming = true;
}

// Empty at the end of the frame.
Result<std::string_view> ZstdSource::State::next_of_stream() {
  current.resize(kBufferSize);
  ZSTD_outBuffer out{current.data(), current.size(), 0};
  while (streaming && out.pos == 0) {
    ZSTD_inBuffer in{rest().data(), rest().size(), 0};
    std::size_t result = ZSTD_decompressStream(context.get(), &out, &in);
    if (ZSTD_isError(result) != 0) return damaged(ZSTD_getErrorName(result));
    at += in.pos;
    streaming = result != 0;
    bool wants_more = streaming && out.pos == 0 && rest().empty();
    if (wants_more && !TRY(read_more())) return damaged("it ends early");
  }
  return std::string_view(current).substr(0, out.pos);
}

ZstdSource::ZstdSource(ByteSource& source) : state_(std::make_unique<State>(source)) {}
ZstdSource::~ZstdSource() = default;

Result<std::string_view> ZstdSource::next() {
  State& state = *state_;
  for (;;) {
    if (state.streaming) {
      std::string_view data = TRY(state.next_of_stream());
      if (!data.empty()) return data;
      continue;
    }
    TRY(state.begin_frames());
    if (!state.frames.empty()) {
      State::Frame oldest = std::move(state.frames.front());
      state.frames.pop_front();
      state.current = TRY(oldest.plain.get());
      return std::string_view(state.current);
    }
    State::Ahead ahead = TRY(state.look_ahead());
    if (ahead == State::Ahead::end) return std::string_view();
    if (ahead == State::Ahead::stream) state.begin_stream();
  }
}

}  // namespace aictr::images
