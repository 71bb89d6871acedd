#include "hooks/ld_cache.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

namespace aictr::hooks {
namespace {

constexpr std::string_view kOldMagic = "ld.so-1.7.0";
constexpr std::string_view kMagic = "glibc-ld.so.cache1.1";
constexpr std::uint8_t kLittleEndian = 2;
constexpr std::uint32_t kExtensionMagic = 0xeaa42174;
constexpr std::uint32_t kTagHwcaps = 1;
constexpr std::size_t kMostSubdirectories = 64;

struct OldHeader {
  char magic[11];
  std::uint32_t count;
};
constexpr std::size_t kOldEntry = 12;

struct Header {
  char magic[20];
  std::uint32_t count;
  std::uint32_t strings_size;
  std::uint8_t endianness;
  std::uint8_t padding[3];
  std::uint32_t extensions_at;  // from the begin of this header; 0: none
  std::uint32_t unused[3];
};
static_assert(sizeof(Header) == 48);

struct Entry {
  std::int32_t flags;
  std::uint32_t name;  // these two: offsets from the begin of the header
  std::uint32_t path;
  std::uint32_t os_version;
  std::uint64_t hwcap;
};
static_assert(sizeof(Entry) == 24);

struct Extensions {
  std::uint32_t magic;
  std::uint32_t count;
};

struct Section {
  std::uint32_t tag;
  std::uint32_t flags;
  std::uint32_t offset;
  std::uint32_t size;
};

template <class T>
std::optional<T> read_at(std::string_view bytes, std::size_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::optional<std::string> string_at(std::string_view bytes, std::size_t offset) {
  if (offset >= bytes.size()) return std::nullopt;
  std::size_t end = bytes.find('\0', offset);
  if (end == std::string_view::npos || end == offset) return std::nullopt;
  return std::string(bytes.substr(offset, end - offset));
}

std::vector<std::string> read_subdirectories(std::string_view bytes, std::uint32_t at) {
  std::vector<std::string> names;
  auto extensions = read_at<Extensions>(bytes, at);
  if (at == 0 || !extensions || extensions->magic != kExtensionMagic) return names;
  for (std::uint32_t i = 0; i < std::min(extensions->count, 16U); ++i) {
    auto section = read_at<Section>(bytes, at + sizeof(Extensions) + i * sizeof(Section));
    if (!section || section->tag != kTagHwcaps) continue;
    for (std::size_t n = 0; n < std::min<std::size_t>(section->size / 4, kMostSubdirectories); ++n) {
      auto offset = read_at<std::uint32_t>(bytes, std::size_t{section->offset} + n * 4);
      if (!offset) return {};
      names.push_back(string_at(bytes, *offset).value_or(""));
    }
  }
  return names;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the run of digits at the begin of `text` and gives its value without overflow: as its digits, no zeros in
// front.
std::string_view take_number(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

void append(std::string& out, const void* data, std::size_t size) {
  out.append(static_cast<const char*>(data), size);
}

// The strings of a cache, each once.
class Strings {
 public:
  explicit Strings(std::size_t begin) : begin_(begin) {}
  std::uint32_t add(const std::string& text) {
    auto [place, fresh] = known_.try_emplace(text, static_cast<std::uint32_t>(begin_ + all_.size()));
    if (fresh) {
      all_ += text;
      all_ += '\0';
    }
    return place->second;
  }
  const std::string& all() const { return all_; }

 private:
  std::size_t begin_;
  std::string all_;
  std::map<std::string, std::uint32_t> known_;
};

}  // namespace

int compare_library_names(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a[0]) != is_digit(b[0])) return is_digit(a[0]) ? 1 : -1;
    if (is_digit(a[0])) {
      std::string_view left = take_number(a);
      std::string_view right = take_number(b);
      if (left.size() != right.size()) return left.size() < right.size() ? -1 : 1;
      if (int order = left.compare(right); order != 0) return order;
      continue;
    }
    if (a[0] != b[0]) return static_cast<signed char>(a[0]) < static_cast<signed char>(b[0]) ? -1 : 1;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  if (a.empty() && b.empty()) return 0;
  return a.empty() ? -1 : 1;
}

Result<LdCache> parse_ld_cache(std::string_view bytes) {
  if (bytes.starts_with(kOldMagic)) {
    auto old = read_at<OldHeader>(bytes, 0);
    std::size_t skipped = old ? (sizeof(OldHeader) + std::size_t{old->count} * kOldEntry + 7) & ~std::size_t{7} : 0;
    if (!old || skipped > bytes.size()) return make_error(Kind::corrupt, "the library cache is cut off");
    bytes.remove_prefix(skipped);
  }
  auto header = read_at<Header>(bytes, 0);
  bool known = header && bytes.starts_with(kMagic) && (header->endianness == 0 || header->endianness == kLittleEndian);
  if (!known) return make_error(Kind::corrupt, "the library cache has a format of its own");
  if (header->count > (bytes.size() - sizeof(Header)) / sizeof(Entry)) {
    return make_error(Kind::corrupt, "the library cache is cut off");
  }
  LdCache cache;
  cache.subdirectories = read_subdirectories(bytes, header->extensions_at);
  cache.libraries.reserve(header->count);
  for (std::size_t i = 0; i < header->count; ++i) {
    auto entry = *read_at<Entry>(bytes, sizeof(Header) + i * sizeof(Entry));
    auto name = string_at(bytes, entry.name);
    auto path = string_at(bytes, entry.path);
    bool named = (entry.hwcap & kNamedHwcap) != 0;
    bool lost = named && (entry.hwcap & 0xffffffff) >= cache.subdirectories.size();
    if (!name || !path || lost) continue;
    cache.libraries.push_back({std::move(*name), std::move(*path), entry.flags, entry.os_version, entry.hwcap});
  }
  return cache;
}

std::string print_ld_cache(const LdCache& cache) {
  std::vector<const CachedLibrary*> sorted;
  for (const CachedLibrary& library : cache.libraries) sorted.push_back(&library);
  std::ranges::stable_sort(sorted, [](const CachedLibrary* a, const CachedLibrary* b) {
    return compare_library_names(a->name, b->name) > 0;  // the loader searches from the highest down
  });
  Strings strings(sizeof(Header) + sorted.size() * sizeof(Entry));
  std::string entries;
  for (const CachedLibrary* library : sorted) {
    std::uint32_t name = strings.add(library->name);
    Entry entry{library->flags, name, strings.add(library->path), library->os_version, library->hwcap};
    append(entries, &entry, sizeof entry);
  }
  std::vector<std::uint32_t> subdirectories;
  for (const std::string& name : cache.subdirectories) subdirectories.push_back(strings.add(name));

  Header header{};
  std::memcpy(header.magic, kMagic.data(), kMagic.size());
  header.count = static_cast<std::uint32_t>(sorted.size());
  header.strings_size = static_cast<std::uint32_t>(strings.all().size());
  header.endianness = kLittleEndian;
  std::string body = entries + strings.all();
  if (!subdirectories.empty()) {
    body.resize((sizeof header + body.size() + 3) / 4 * 4 - sizeof header);
    header.extensions_at = static_cast<std::uint32_t>(sizeof header + body.size());
    Extensions extensions{kExtensionMagic, 1};
    auto data_at = static_cast<std::uint32_t>(header.extensions_at + sizeof(Extensions) + sizeof(Section));
    Section section{kTagHwcaps, 0, data_at, static_cast<std::uint32_t>(subdirectories.size() * 4)};
    append(body, &extensions, sizeof extensions);
    append(body, &section, sizeof section);
    append(body, subdirectories.data(), subdirectories.size() * 4);
  }
  std::string bytes;
  append(bytes, &header, sizeof header);
  return bytes + body;
}

std::int32_t native_cache_flags() {
#if defined(__x86_64__)
  return 0x0303;  // FLAG_X8664_LIB64 and FLAG_ELF_LIBC6
#elif defined(__aarch64__)
  return 0x0a03;  // FLAG_AARCH64_LIB64
#else
  return 0x0003;
#endif
}

std::int32_t compat32_cache_flags() {
#if defined(__aarch64__)
  return 0x0903;  // FLAG_ARM_LIBHF
#else
  return 0x0003;
#endif
}

}  // namespace aictr::hooks
