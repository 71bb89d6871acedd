// Gives fuzz() every file of a corpus, and each with damage: cut short, and with bytes changed, always in the same way.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz.h"

namespace {

constexpr std::size_t kCuts = 50;
constexpr std::size_t kDamages = 200;

std::vector<std::filesystem::path> files_of(const char* directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string damaged(std::string text, std::mt19937& random) {
  for (auto times = random() % 3 + 1; times > 0 && !text.empty(); --times) {
    std::size_t at = random() % text.size();
    std::size_t length = std::min<std::size_t>(random() % 8, text.size() - at);
    switch (random() % 3) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, length);
        break;
      default:
        text.insert(at, text.substr(random() % text.size(), length));
    }
  }
  return text;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: %s CORPUS\n", arguments[0]);
    return 2;
  }
  auto files = files_of(arguments[1]);
  for (const auto& path : files) {
    std::fprintf(stderr, "%s\n", path.filename().c_str());  // seen when it breaks
    std::string text = contents(path);
    fuzz(text);
    for (std::size_t cut = 0; cut < kCuts; ++cut) fuzz(std::string_view(text).substr(0, text.size() * cut / kCuts));
    std::mt19937 random(1);
    for (std::size_t damage = 0; damage < kDamages; ++damage) fuzz(damaged(text, random));
  }
  std::printf("ok: %zu inputs, whole and damaged\n", files.size());
  return files.empty() ? 1 : 0;
}
