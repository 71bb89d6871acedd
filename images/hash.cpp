#include "images/hash.h"

#include <new>
#include <string>

#include <openssl/evp.h>

#include "images/byte_source.h"

namespace aictr::images {
namespace {

// SHA-256 is built into every libcrypto; what can fail is the memory.
void check(int result) {
  if (result != 1) throw std::bad_alloc();
}

std::string to_hex(const unsigned char* bytes, unsigned count) {
  std::string hex;
  hex.reserve(2UL * count);
  for (unsigned i = 0; i < count; ++i) {
    hex += "0123456789abcdef"[bytes[i] >> 4];
    hex += "0123456789abcdef"[bytes[i] & 15];
  }
  return hex;
}

}  // namespace

void Sha256::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  check(context_ != nullptr ? EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) : 0);
}

void Sha256::update(std::string_view data) {
  check(EVP_DigestUpdate(context_.get(), data.data(), data.size()));
}

oci::Digest Sha256::finish() {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned count = 0;
  check(EVP_DigestFinal_ex(context_.get(), bytes, &count));
  return oci::Digest::sha256(to_hex(bytes, count));
}

oci::Digest sha256(std::string_view data) {
  Sha256 hash;
  hash.update(data);
  return hash.finish();
}

Result<oci::Digest> digest_of_file(int file) {
  Sha256 hash;
  FdSource bytes(file);
  for (;;) {
    std::string_view data = TRY(bytes.next());
    if (data.empty()) return hash.finish();
    hash.update(data);
  }
}

}  // namespace aictr::images
