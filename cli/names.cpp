#include "cli/names.h"

#include <array>
#include <string_view>

#include <fmt/core.h>

#include "base/random.h"
#include "base/text.h"

namespace aictr::cli {
namespace {

using namespace std::string_view_literals;

constexpr std::array kManners = {
    "able"sv,  "airy"sv,   "amber"sv, "ample"sv,  "bold"sv,   "brave"sv, "brief"sv,  "bright"sv,  "brisk"sv, "calm"sv,
    "clear"sv, "clever"sv, "crisp"sv, "deft"sv,   "eager"sv,  "early"sv, "exact"sv,  "fair"sv,    "fast"sv,  "fine"sv,
    "firm"sv,  "fond"sv,   "frank"sv, "fresh"sv,  "gentle"sv, "glad"sv,  "grand"sv,  "green"sv,   "happy"sv, "keen"sv,
    "kind"sv,  "lively"sv, "lucid"sv, "merry"sv,  "mild"sv,   "neat"sv,  "noble"sv,  "patient"sv, "plain"sv, "polite"sv,
    "proud"sv, "quick"sv,  "quiet"sv, "rapid"sv,  "ready"sv,  "sharp"sv, "silent"sv, "simple"sv,  "sly"sv,   "smart"sv,
    "snug"sv,  "solid"sv,  "spry"sv,  "steady"sv, "sunny"sv,  "swift"sv, "tidy"sv,   "true"sv,    "vivid"sv, "warm"sv,
    "wise"sv,  "witty"sv,  "young"sv, "zesty"sv};

// People whose work a neural network stands on.
constexpr std::array kPeople = {
    "bayes"sv,        "bellman"sv,   "boltzmann"sv,  "boole"sv,     "cauchy"sv,   "church"sv,      "curry"sv,
    "dantzig"sv,      "dijkstra"sv,  "euler"sv,      "fisher"sv,    "fourier"sv,  "fukushima"sv,   "galois"sv,
    "gauss"sv,        "germain"sv,   "gibbs"sv,      "godel"sv,     "hamming"sv,  "hebb"sv,        "hinton"sv,
    "hilbert"sv,      "hopfield"sv,  "hopper"sv,     "jacobi"sv,    "kalman"sv,   "kantorovich"sv, "kolmogorov"sv,
    "kovalevskaya"sv, "lagrange"sv,  "laplace"sv,    "legendre"sv,  "leibniz"sv,  "lovelace"sv,    "lyapunov"sv,
    "markov"sv,       "mcculloch"sv, "metropolis"sv, "minsky"sv,    "neumann"sv,  "newton"sv,      "noether"sv,
    "pearl"sv,        "pitts"sv,     "poisson"sv,    "ramanujan"sv, "riemann"sv,  "robbins"sv,     "rosenblatt"sv,
    "samuel"sv,       "shannon"sv,   "simon"sv,      "sutton"sv,    "taylor"sv,   "tikhonov"sv,    "turing"sv,
    "vapnik"sv,       "viterbi"sv,   "werbos"sv,     "wiener"sv,    "winograd"sv, "wishart"sv,     "yates"sv,
    "zadeh"sv};

static_assert(kManners.size() == 64 && kPeople.size() == 64, "a draw of eight bits modulo the size must be fair");

}  // namespace

Result<std::string> random_name() {
  std::string draw = TRY(random_hex(4));
  auto number = parse_number<unsigned>(draw, 16).value_or(0);
  return fmt::format("{}_{}", kManners[number % kManners.size()], kPeople[number / 256 % kPeople.size()]);
}

}  // namespace aictr::cli
