// A layer as it comes from elsewhere, compressed or not, to the index of it.

#include <sys/stat.h>

#include "base/sys.h"
#include "images/byte_source.h"
#include "images/layer_index.h"
#include "tests/fuzz/fuzz.h"

using namespace aictr;

namespace {

class TextSource final : public images::ByteSource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}
  Result<std::string_view> next() override { return std::exchange(text_, {}); }

 private:
  std::string_view text_;
};

}  // namespace

void fuzz(std::string_view input) {
  TextSource source(input);
  UniqueFd tar = sys::memfd("tar", 0).value();
  UniqueFd index = sys::memfd("index", 0).value();
  auto layer = images::index_layer(source, tar.get(), index.get());
  if (!layer.ok()) {
    require(layer.error().message.find('\n') == std::string::npos, "an error is one line");
    return;
  }
  require(sys::stat(tar.get()).value().st_size == layer.value().size, "the tar is kept as long as it is");
  require(sys::stat(index.get()).value().st_size % 512 == 0, "an index has whole blocks");
}
