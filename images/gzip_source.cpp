#include "images/gzip_source.h"

#include <algorithm>
#include <cstdint>

#include <fmt/core.h>
#include <isa-l/igzip_lib.h>

namespace aictr::images {
namespace {

constexpr std::uint32_t kBufferSize = 1 << 20;

std::string_view reason_of(int code) {
  switch (code) {
    case ISAL_INVALID_WRAPPER:
      return "a header is invalid";
    case ISAL_INCORRECT_CHECKSUM:
      return "a checksum does not fit";
    default:
      return "the compressed data is invalid";
  }
}

Error damaged(std::string_view reason) {
  return make_error(Kind::corrupt, fmt::format("gzip: {}", reason));
}

}  // namespace

struct GzipSource::State {
  explicit State(ByteSource& from) : source(from), output(std::make_unique<std::uint8_t[]>(kBufferSize)) {
    isal_inflate_init(&inflate);
    inflate.crc_flag = ISAL_GZIP;
  }

  ByteSource& source;
  inflate_state inflate;
  std::string input;  // ISA-L wants bytes that it could write to
  std::unique_ptr<std::uint8_t[]> output;
  bool within = true;  // a member: the end of the input is none of ours
  bool ended = false;

  Result<bool> refill();
  bool start_next_member();
  Result<std::string_view> decode();
};

// False at the end of the input.
Result<bool> GzipSource::State::refill() {
  if (inflate.avail_in > 0) return true;
  input = TRY(source.next());
  inflate.next_in = reinterpret_cast<std::uint8_t*>(input.data());
  inflate.avail_in = static_cast<std::uint32_t>(input.size());
  return !input.empty();
}

// Zeros between and after members are padding (tapes had it). False when there was nothing else.
bool GzipSource::State::start_next_member() {
  std::uint8_t* end = inflate.next_in + inflate.avail_in;
  std::uint8_t* start = std::find_if(inflate.next_in, end, [](std::uint8_t byte) { return byte != 0; });
  if (start == end) {
    inflate.avail_in = 0;
    return false;
  }
  isal_inflate_reset(&inflate);
  inflate.crc_flag = ISAL_GZIP;
  inflate.next_in = start;
  inflate.avail_in = static_cast<std::uint32_t>(end - start);
  within = true;
  return true;
}

// What one call of the decoder gives, which may be nothing.
Result<std::string_view> GzipSource::State::decode() {
  inflate.next_out = output.get();
  inflate.avail_out = kBufferSize;
  int result = isal_inflate(&inflate);
  if (result < 0) return damaged(reason_of(result));
  if (inflate.block_state == ISAL_BLOCK_FINISH) within = false;
  return std::string_view(reinterpret_cast<const char*>(output.get()), kBufferSize - inflate.avail_out);
}

GzipSource::GzipSource(ByteSource& source) : state_(std::make_unique<State>(source)) {}
GzipSource::~GzipSource() = default;

Result<std::string_view> GzipSource::next() {
  State& state = *state_;
  while (!state.ended) {
    bool more = TRY(state.refill());
    if (!state.within && more && !state.start_next_member()) continue;
    if (!state.within) break;
    std::string_view data = TRY(state.decode());
    if (!data.empty()) return data;
    if (!more && state.within) return damaged("it ends early");
  }
  state.ended = true;
  return std::string_view();
}

}  // namespace aictr::images
