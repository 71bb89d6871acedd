#include "cli/manifest_inspect_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kFlags[] = {
    flag<&ManifestInspectFlags::authfile>("authfile", 0, "FILE", "take credentials from this file alone"),
    flag<&ManifestInspectFlags::cert_dir>("cert-dir", 0, "DIR",
                                          "certificates for the registry: *.crt, *.cert with *.key"),
    flag<&ManifestInspectFlags::creds>("creds", 0, "USER:PASSWORD", "log in with these, this once"),
    hidden(flag<&ManifestInspectFlags::insecure>("insecure", 0, "", "the same as --tls-verify=false")),
    flag<&ManifestInspectFlags::tls_verify>("tls-verify", 0, "",
                                            "insist on TLS with a trusted certificate (the default)"),
    flag<&ManifestInspectFlags::verbose>("verbose", 'v', "",
                                         "of an index show all manifests, with digests and platforms"),
};

}  // namespace

const CommandFor<ManifestInspectFlags> kManifestInspectCommand(Command{
    .name = "manifest inspect",
    .summary = "show what a name stands for at its registry",
    .arguments = "NAME[:TAG|@DIGEST]",
    .details =
        "Prints the manifest of an image, or the index that lists one for each platform, as the registry has it. "
        "Nothing is stored.",
    .examples = "aictr manifest inspect debian:trixie\n"
                "aictr manifest inspect --verbose registry.example.com/team/app:1.2",
    .flags = kFlags,
    .group = Group::images,
    .completes = Completes::images,
    .min_arguments = 1,
    .max_arguments = 1,
});

}  // namespace aictr::cli
