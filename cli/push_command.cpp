#include "cli/push_command.h"

#include <array>

namespace aictr::cli {
namespace {

using namespace std::string_view_literals;

constexpr std::array kProgress = {"auto"sv, "tty"sv, "plain"sv, "quiet"sv};

constexpr Flag kFlags[] = {
    flag<&PushFlags::authfile>("authfile", 0, "FILE", "take credentials from this file alone"),
    flag<&PushFlags::cert_dir>("cert-dir", 0, "DIR", "certificates for the registry: *.crt, *.cert with *.key"),
    flag<&PushFlags::compression>("compression", 0, "HOW", "how to compress layers: gzip, zstd or none, or gzip:LEVEL"),
    flag<&PushFlags::creds>("creds", 0, "USER:PASSWORD", "log in with these, this once"),
    flag<&PushFlags::digestfile>("digestfile", 0, "FILE", "write the digest of what was pushed to FILE"),
    flag<&PushFlags::progress>("progress", 0, "HOW", "how to show what happens", kProgress),
    flag<&PushFlags::quiet>("quiet", 'q', "", "print nothing but the image's name"),
    flag<&PushFlags::tls_verify>("tls-verify", 0, "", "insist on TLS with a trusted certificate (the default)"),
};

}  // namespace

const CommandFor<PushFlags> kPushCommand(Command{
    .name = "push",
    .summary = "send an image to a registry",
    .arguments = "NAME[:TAG] [DESTINATION[:TAG]]",
    .details =
        "The image goes to the registry that its name says, or to DESTINATION. Layers that the registry has, also in "
        "another repository that the store knows of, are not sent. The others are compressed on all processors while "
        "they are sent; the result is the same whatever their number.",
    .examples = "aictr push registry.example.com/team/app:1.2\n"
                "aictr push my-app registry.example.com/team/app:1.2\n"
                "aictr push --compression zstd:9 registry.example.com/team/app:1.2",
    .flags = kFlags,
    .group = Group::images,
    .completes = Completes::images,
    .min_arguments = 1,
    .max_arguments = 2,
});

}  // namespace aictr::cli
