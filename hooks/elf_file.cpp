#include "hooks/elf_file.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <elf.h>
#include <fmt/core.h>

#include "base/sys.h"

namespace aictr::hooks {
namespace {

constexpr std::size_t kMostHeaders = 256;
constexpr std::uint64_t kMostDynamic = 64U << 10;
constexpr std::uint64_t kMostNote = 64U << 10;
constexpr std::size_t kLongestName = 255;

Error broken(std::string_view why) {
  return make_error(Kind::corrupt, fmt::format("it is no usable ELF file: {}", why));
}

Result<std::string> read_range(int fd, std::uint64_t offset, std::uint64_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    std::size_t n = TRY(sys::read_at(fd, std::span(bytes).subspan(done), static_cast<off_t>(offset + done)));
    if (n == 0) return broken("it ends too early");
    done += n;
  }
  return bytes;
}

template <class T>
T at(const std::string& bytes, std::size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof value, sizeof value);
  return value;
}

struct Elf64 {
  using Header = Elf64_Ehdr;
  using Segment = Elf64_Phdr;
  using Dynamic = Elf64_Dyn;
};
struct Elf32 {
  using Header = Elf32_Ehdr;
  using Segment = Elf32_Phdr;
  using Dynamic = Elf32_Dyn;
};

template <class Bits>
class Reader {
  using Segment = typename Bits::Segment;
  using Dynamic = typename Bits::Dynamic;

 public:
  explicit Reader(int fd) : fd_(fd) {}

  Result<ElfFile> read() {
    ElfFile file;
    std::string front = TRY(read_range(fd_, 0, sizeof(typename Bits::Header)));
    auto header = at<typename Bits::Header>(front, 0);
    file.machine = header.e_machine;
    if (header.e_phentsize != sizeof(Segment) || header.e_phnum > kMostHeaders) return broken("its program headers");
    segments_ = TRY(read_range(fd_, header.e_phoff, std::uint64_t{header.e_phnum} * sizeof(Segment)));
    count_ = header.e_phnum;
    for (std::size_t i = 0; i < count_; ++i) {
      auto segment = at<Segment>(segments_, i);
      if (segment.p_type == PT_DYNAMIC) file.soname = TRY(soname(segment));
    }
    return file;
  }

 private:
  Result<std::string> soname(const Segment& dynamic) {
    if (dynamic.p_filesz > kMostDynamic) return broken("its dynamic section");
    std::string table = TRY(read_range(fd_, dynamic.p_offset, dynamic.p_filesz));
    std::optional<std::uint64_t> name;
    std::uint64_t strings = 0;
    for (std::size_t i = 0; i < table.size() / sizeof(Dynamic); ++i) {
      auto entry = at<Dynamic>(table, i);
      if (entry.d_tag == DT_NULL) break;
      if (entry.d_tag == DT_SONAME) name = entry.d_un.d_val;
      if (entry.d_tag == DT_STRTAB) strings = entry.d_un.d_ptr;
    }
    if (!name) return std::string();
    std::uint64_t offset = TRY(file_offset(strings));
    std::string bytes(kLongestName + 1, '\0');
    bytes.resize(TRY(sys::read_at(fd_, bytes, static_cast<off_t>((offset + *name) & INT64_MAX))));
    std::size_t end = bytes.find('\0');
    if (end == std::string::npos) return broken("its name has no end");
    return bytes.substr(0, end);
  }

  Result<std::uint64_t> file_offset(std::uint64_t address) {
    for (std::size_t i = 0; i < count_; ++i) {
      auto segment = at<Segment>(segments_, i);
      if (segment.p_type != PT_LOAD || address < segment.p_vaddr) continue;
      if (address - segment.p_vaddr < segment.p_filesz) return address - segment.p_vaddr + segment.p_offset;
    }
    return broken("its strings are nowhere");
  }

  int fd_;
  std::string segments_;
  std::size_t count_ = 0;
};

// The class byte, when it is a little-endian ELF file.
Result<unsigned char> class_of(int fd) {
  std::string ident = TRY(read_range(fd, 0, EI_NIDENT));
  if (ident.compare(0, SELFMAG, ELFMAG) != 0) return broken("it does not begin like one");
  if (ident[EI_DATA] != ELFDATA2LSB) return broken("it is not little-endian");
  return static_cast<unsigned char>(ident[EI_CLASS]);
}

std::size_t padded(std::uint64_t size) {
  return static_cast<std::size_t>((size + 3) & ~std::uint64_t{3});
}

std::optional<std::string> find_note(const std::string& notes, const std::string& owner) {
  std::size_t position = 0;
  while (notes.size() - position >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr header;
    std::memcpy(&header, notes.data() + position, sizeof header);
    position += sizeof header;
    if (padded(header.n_namesz) > notes.size() - position) return std::nullopt;
    std::string name = notes.substr(position, header.n_namesz);
    position += padded(header.n_namesz);
    if (header.n_descsz > notes.size() - position) return std::nullopt;
    if (name == owner || name == owner + '\0') return notes.substr(position, header.n_descsz);
    position += std::min(padded(header.n_descsz), notes.size() - position);
  }
  return std::nullopt;
}

}  // namespace

bool ElfFile::is_native() const {
#if defined(__x86_64__)
  return is_64bit && machine == EM_X86_64;
#elif defined(__aarch64__)
  return is_64bit && machine == EM_AARCH64;
#else
  return is_64bit;
#endif
}

Result<ElfFile> read_elf(int fd) {
  unsigned char bits = TRY(class_of(fd));
  if (bits == ELFCLASS32) return Reader<Elf32>(fd).read();
  if (bits != ELFCLASS64) return broken("its class");
  ElfFile file = TRY(Reader<Elf64>(fd).read());
  file.is_64bit = true;
  return file;
}

Result<std::optional<std::string>> read_elf_note(int fd, const std::string& section, const std::string& owner) {
  if (TRY(class_of(fd)) != ELFCLASS64) return std::optional<std::string>();
  std::string front = TRY(read_range(fd, 0, sizeof(Elf64_Ehdr)));
  auto header = at<Elf64_Ehdr>(front, 0);
  if (header.e_shnum == 0) return std::optional<std::string>();
  bool sane =
      header.e_shentsize == sizeof(Elf64_Shdr) && header.e_shnum <= kMostHeaders && header.e_shstrndx < header.e_shnum;
  if (!sane) return broken("its section headers");
  std::string sections = TRY(read_range(fd, header.e_shoff, std::uint64_t{header.e_shnum} * sizeof(Elf64_Shdr)));
  auto names = at<Elf64_Shdr>(sections, header.e_shstrndx);
  for (std::size_t i = 0; i < header.e_shnum; ++i) {
    auto candidate = at<Elf64_Shdr>(sections, i);
    if (candidate.sh_type != SHT_NOTE || candidate.sh_size > kMostNote) continue;
    if (candidate.sh_name >= names.sh_size || names.sh_size - candidate.sh_name <= section.size()) continue;
    std::string name = TRY(read_range(fd, names.sh_offset + candidate.sh_name, section.size() + 1));
    if (name != section + '\0') continue;
    std::string notes = TRY(read_range(fd, candidate.sh_offset, candidate.sh_size));
    return find_note(notes, owner);
  }
  return std::optional<std::string>();
}

}  // namespace aictr::hooks
