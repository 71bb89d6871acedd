#include "cli/pull_command.h"

#include <array>

namespace aictr::cli {
namespace {

using namespace std::string_view_literals;

constexpr std::array kProgress = {"auto"sv, "tty"sv, "plain"sv, "quiet"sv};

constexpr Flag kFlags[] = {
    flag<&PullFlags::authfile>("authfile", 0, "FILE", "take credentials from this file alone"),
    flag<&PullFlags::cert_dir>("cert-dir", 0, "DIR", "certificates for the registry: *.crt, *.cert with *.key"),
    flag<&PullFlags::creds>("creds", 0, "USER:PASSWORD", "log in with these, this once"),
    flag<&PullFlags::platform>("platform", 0, "OS/ARCH[/VARIANT]", "get the image for this platform"),
    flag<&PullFlags::progress>("progress", 0, "HOW", "how to show what happens", kProgress),
    flag<&PullFlags::quiet>("quiet", 'q', "", "print nothing but the image's name"),
    flag<&PullFlags::tls_verify>("tls-verify", 0, "", "insist on TLS with a trusted certificate (the default)"),
};

}  // namespace

const CommandFor<PullFlags> kPullCommand(Command{
    .name = "pull",
    .summary = "get images from a registry",
    .arguments = "NAME[:TAG|@DIGEST]...",
    .details =
        "A name without a host is of Docker Hub. Layers that are in the store are not downloaded again, and a pull "
        "that "
        "was broken off goes on where it ended. Everything is checked against its digest.\n\n"
        "Credentials are those of `aictr login`, `docker login` and `podman login`; certificates those in "
        "/etc/docker/certs.d and /etc/containers/certs.d. A registry of this machine (localhost, 127.0.0.1) may speak "
        "plain HTTP; of others --tls-verify=false allows it.",
    .examples = "aictr pull python:3.9\n"
                "aictr pull --platform linux/arm64 debian:trixie\n"
                "aictr pull registry.example.com/team/app@sha256:…",
    .flags = kFlags,
    .group = Group::images,
    .completes = Completes::images,
    .min_arguments = 1,
});

}  // namespace aictr::cli
