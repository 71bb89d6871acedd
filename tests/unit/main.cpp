#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdio>

#include <doctest/doctest.h>

#include "tests/skip.h"

namespace {

constexpr int kSkipped = 77;  // SKIP_RETURN_CODE of every test

unsigned cases_run = 0;
unsigned cases_skipped = 0;

// Listens for the number of cases, which doctest's context does not give out.
struct CaseCounter : doctest::IReporter {
  explicit CaseCounter(const doctest::ContextOptions&) {}
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats& stats) override { cases_run = stats.numTestCasesPassingFilters; }
  void test_case_start(const doctest::TestCaseData&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

REGISTER_LISTENER("cases", 1, CaseCounter);

}  // namespace

void aictr::test::note_skip(std::string_view reason) {
  ++cases_skipped;
  std::printf("skip: %.*s\n", static_cast<int>(reason.size()), reason.data());
  std::fflush(stdout);
}

int main(int argc, char** argv) {
  doctest::Context context(argc, argv);
  int result = context.run();
  if (context.shouldExit() || result != 0) return result;
  return cases_skipped > 0 && cases_skipped == cases_run ? kSkipped : 0;
}
