#include "cli/login_command.h"

namespace aictr::cli {
namespace {

constexpr Flag kLoginFlags[] = {
    flag<&LoginFlags::authfile>("authfile", 0, "FILE", "file the credentials here"),
    flag<&LoginFlags::cert_dir>("cert-dir", 0, "DIR", "certificates for the registry: *.crt, *.cert with *.key"),
    flag<&LoginFlags::password>("password", 'p', "PASSWORD", "the password; other users of the machine can see it"),
    flag<&LoginFlags::password_stdin>("password-stdin", 0, "", "read the password from standard input"),
    flag<&LoginFlags::tls_verify>("tls-verify", 0, "", "insist on TLS with a trusted certificate (the default)"),
    flag<&LoginFlags::username>("username", 'u', "NAME", "the user's name"),
};

constexpr Flag kLogoutFlags[] = {
    flag<&LogoutFlags::authfile>("authfile", 0, "FILE", "take them out of this file"),
};

}  // namespace

const CommandFor<LoginFlags> kLoginCommand(Command{
    .name = "login",
    .summary = "file credentials for a registry",
    .arguments = "[REGISTRY]",
    .details = "Asks the registry whether it takes them, and files them where Docker does: in config.json of "
               "$DOCKER_CONFIG or ~/.docker, or with the credential helper that the file names. Without REGISTRY it is "
               "Docker Hub.",
    .examples = "aictr login registry.example.com\n"
                "pass registry | aictr login -u ann --password-stdin registry.example.com",
    .flags = kLoginFlags,
    .group = Group::images,
    .max_arguments = 1,
});

const CommandFor<LogoutFlags> kLogoutCommand(Command{
    .name = "logout",
    .summary = "forget the credentials for a registry",
    .arguments = "[REGISTRY]",
    .details = "Without REGISTRY it is Docker Hub.",
    .examples = "aictr logout registry.example.com",
    .flags = kLogoutFlags,
    .group = Group::images,
    .max_arguments = 1,
});

}  // namespace aictr::cli
