#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "images/http.h"
#include "oci/digest.h"

namespace aictr::images {

// Whether ADD fetches the source from an http or https server.
bool is_download(std::string_view source);

// One file of ADD: what it is known by, and later, if it is needed, the file.
class Download {
 public:
  // Asks the server what there is, unless `checksum` tells already. Redirections are followed, to https only once it
  // was https. Kind::not_found for 404 and 410; Kind::usage for a URL whose path has no name at its end.
  static Result<Download> find(const std::string& url, const std::optional<oci::Digest>& checksum);

  const std::string& name() const { return name_; }  // the last component of the URL's path

  // Changes when the file does: its checksum, or the server's validator; unset when the server gives none.
  const std::optional<std::string>& identity() const { return identity_; }

  // Writes the file, mode 0600 and with the server's Last-Modified as its time, into the directory. Kind::usage when
  // the checksum is another.
  Result<void> fetch(int directory);

 private:
  Download() = default;
  Result<HttpResponse> ask(const char* method, const HttpReceiver* receiver);
  Result<HttpResponse> follow(const char* method, const HttpReceiver* receiver);

  HttpClient http_;
  std::string url_;
  std::string name_;
  std::optional<oci::Digest> checksum_;
  std::optional<std::string> identity_;
};

}  // namespace aictr::images
