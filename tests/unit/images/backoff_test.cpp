#include "images/backoff.h"

#include <doctest/doctest.h>

using namespace aictr::images;
using std::chrono::milliseconds;

TEST_CASE("five tries, each after twice the time") {
  Backoff backoff;
  for (int wait : {500, 1000, 2000, 4000}) CHECK(backoff.next() == milliseconds(wait));
  CHECK_FALSE(backoff.next());
  backoff.reset();
  CHECK(backoff.next() == milliseconds(500));
}

TEST_CASE("Retry-After counts, up to a minute") {
  Backoff backoff;
  CHECK(backoff.next("7") == milliseconds(7000));
  CHECK(backoff.next("86400") == milliseconds(60000));
  CHECK(backoff.next("Fri, 31 Dec 1999 23:59:59 GMT") == milliseconds(2000));
}

TEST_CASE("what may get better is told from what will not") {
  for (int status : {408, 425, 429, 500, 502, 503, 504}) CHECK(is_transient(status));
  for (int status : {200, 301, 400, 401, 404, 416, 501}) CHECK_FALSE(is_transient(status));
}
