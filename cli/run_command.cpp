#include "cli/run_command.h"

#include <array>

namespace aictr::cli {
namespace {

using namespace std::string_view_literals;

constexpr std::array kPull = {"missing"sv, "always"sv, "never"sv};
constexpr std::array kNoDefault = {"shm"sv, "limits"sv, "threads"sv, "cpus"sv, "all"sv};
constexpr std::array kHostCa = {"auto"sv, "always"sv, "never"sv};

constexpr std::array kLater = {"cgroup-parent"sv, "cgroupns"sv, "cpu-period"sv, "cpu-quota"sv, "domainname"sv, "ipc"sv,
                               "link"sv,          "pid"sv,      "platform"sv,   "runtime"sv,   "userns"sv,     "uts"sv};
constexpr std::array kLogDrivers = {"json-file"sv, "none"sv};

constexpr Flag kFlags[] = {
    flag<&RunFlags::add_host>("add-host", 0, "NAME:ADDRESS", "one more line for its /etc/hosts"),
    flag<&RunFlags::annotation>("annotation", 0, "KEY=VALUE", "add an annotation to the OCI spec"),
    flag<&RunFlags::attach>("attach", 'a', "STREAM", "stay with stdin, stdout or stderr alone"),
    flag<&RunFlags::blkio_weight>("blkio-weight", 0, "WEIGHT", "share of disk time, 10 to 1000"),
    flag<&RunFlags::cache>("cache", 0, "NAME,...", "show it caches of yours: hf, pip, uv, torch, triton, cuda or all"),
    flag<&RunFlags::cap_add>("cap-add", 0, "CAPABILITY", "add a Linux capability, or ALL"),
    flag<&RunFlags::cap_drop>("cap-drop", 0, "CAPABILITY", "take a Linux capability away, or ALL"),
    flag<&RunFlags::cdi_spec_dir>("cdi-spec-dir", 0, "DIRECTORY",
                                  "where CDI files are, instead of /etc/cdi and /var/run/cdi"),
    flag<&RunFlags::cidfile>("cidfile", 0, "FILE", "write the container's id to FILE"),
    flag<&RunFlags::cpu_shares>("cpu-shares", 0, "SHARES", "share of CPU time when CPUs are busy; 1024 is normal"),
    flag<&RunFlags::cpus>("cpus", 0, "NUMBER", "CPUs it may use at most, such as 1.5"),
    flag<&RunFlags::cpuset_cpus>("cpuset-cpus", 0, "LIST", "CPUs it may run on, such as 0-3,7"),
    flag<&RunFlags::cpuset_mems>("cpuset-mems", 0, "LIST", "memory nodes it may use"),
    flag<&RunFlags::detach>("detach", 'd', "", "print the container's id and leave it running"),
    flag<&RunFlags::detach_keys>("detach-keys", 0, "KEYS",
                                 "keys that leave the container running; ctrl-],ctrl-] unless given"),
    flag<&RunFlags::device>("device", 0, "HOST[:CONTAINER[:rwm]]",
                            "give it a device of the host, or one of a CDI file: vendor.com/class=name"),
    flag<&RunFlags::device_read_bps>("device-read-bps", 0, "DEVICE:RATE",
                                     "bytes a second it may read, such as /dev/sda:10mb"),
    flag<&RunFlags::device_read_iops>("device-read-iops", 0, "DEVICE:RATE", "reads a second"),
    flag<&RunFlags::device_write_bps>("device-write-bps", 0, "DEVICE:RATE", "bytes a second it may write"),
    flag<&RunFlags::device_write_iops>("device-write-iops", 0, "DEVICE:RATE", "writes a second"),
    hidden(flag<&RunFlags::dns_option>("dns-opt", 0, "OPTION", "--dns-option")),
    flag<&RunFlags::dns>("dns", 0, "ADDRESS", "name server to ask"),
    flag<&RunFlags::dns_option>("dns-option", 0, "OPTION", "option for its /etc/resolv.conf"),
    flag<&RunFlags::dns_search>("dns-search", 0, "DOMAIN", "domain in which short names are looked for; '.' for none"),
    flag<&RunFlags::driver_root>("driver-root", 0, "DIRECTORY", "where the files of the GPU driver are, when not in /"),
    flag<&RunFlags::entrypoint>("entrypoint", 0, "COMMAND", "run this instead of the image's entrypoint"),
    flag<&RunFlags::env>("env", 'e', "NAME[=VALUE]", "set a variable; without a value, pass ours on"),
    flag<&RunFlags::env_file>("env-file", 0, "FILE", "read variables from FILE"),
    flag<&RunFlags::expose>("expose", 0, "PORT[/PROTOCOL]", "a port that it listens on, for -P"),
    flag<&RunFlags::gpus>("gpus", 0, "GPUS",
                          "give it GPUs: all, a number, device=0, '\"device=0,2\"', select=free:1, auto"),
    flag<&RunFlags::group_add>("group-add", 0, "GROUP", "add a supplementary group"),
    flag<&RunFlags::health_cmd>("health-cmd", 0, "COMMAND",
                                "what tells by its exit code whether the container is well"),
    flag<&RunFlags::health_interval>("health-interval", 0, "TIME", "between two of those; 30s unless given"),
    flag<&RunFlags::health_retries>("health-retries", 0, "NUMBER",
                                    "failures in a row that make it unhealthy; 3 unless given"),
    flag<&RunFlags::health_start_interval>("health-start-interval", 0, "TIME", "the same while it starts"),
    flag<&RunFlags::health_start_period>("health-start-period", 0, "TIME", "in which failures do not count"),
    flag<&RunFlags::health_timeout>("health-timeout", 0, "TIME", "that one may take; 30s unless given"),
    flag<&RunFlags::host_ca>("host-ca", 0, "WHEN", "show it the certificate authorities this host trusts", kHostCa),
    flag<&RunFlags::hostname>("hostname", 'h', "NAME", "its host name; the short id unless given"),
    flag<&RunFlags::init>("init", 0, "", "run a small init that forwards signals and reaps processes"),
    flag<&RunFlags::interactive>("interactive", 'i', "", "keep standard input open"),
    flag<&RunFlags::ip>("ip", 0, "ADDRESS", "its address on its first network"),
    flag<&RunFlags::ip6>("ip6", 0, "ADDRESS", "its address of IPv6 there"),
    flag<&RunFlags::label>("label", 'l', "KEY=VALUE", "label the container"),
    flag<&RunFlags::label_file>("label-file", 0, "FILE", "read labels from FILE"),
    flag<&RunFlags::log_driver>("log-driver", 0, "NAME", "where its output is kept", kLogDrivers),
    flag<&RunFlags::log_opt>("log-opt", 0, "NAME=VALUE", "max-size=SIZE of a file of the log, max-file=NUMBER of them"),
    flag<&RunFlags::mac_address>("mac-address", 0, "ADDRESS", "its hardware address there"),
    flag<&RunFlags::memory>("memory", 'm', "SIZE", "memory it may use at most, such as 512m"),
    flag<&RunFlags::memory_reservation>("memory-reservation", 0, "SIZE",
                                        "memory that is not reclaimed from it under pressure"),
    flag<&RunFlags::memory_swap>("memory-swap", 0, "SIZE", "memory and swap together; -1 for unlimited swap"),
    flag<&RunFlags::mount>("mount", 0, "OPTIONS", "mount something: type=volume|bind|tmpfs,source=…,target=…"),
    flag<&RunFlags::name>("name", 0, "NAME", "name the container"),
    hidden(flag<&RunFlags::network>("net", 0, "NETWORK", "--network")),
    hidden(flag<&RunFlags::network_alias>("net-alias", 0, "NAME", "--network-alias")),
    flag<&RunFlags::network>("network", 0, "NETWORK",
                             "bridge, host, none, container:NAME or one of `aictr network ls`; may be repeated"),
    flag<&RunFlags::network_alias>("network-alias", 0, "NAME", "one more name for the others on its network"),
    flag<&RunFlags::no_healthcheck>("no-healthcheck", 0, "", "do not ask for its health, whatever the image says"),
    flag<&RunFlags::no_default>("no-default", 0, "WHAT", "do not choose this for it", kNoDefault),
    flag<&RunFlags::oom_score_adj>("oom-score-adj", 0, "SCORE",
                                   "how soon the kernel kills it when memory is short, -1000 to 1000"),
    flag<&RunFlags::pids_limit>("pids-limit", 0, "NUMBER",
                                "processes and threads it may have at most; -1 for no limit"),
    flag<&RunFlags::privileged>("privileged", 0, "",
                                "give it every capability and device; no isolation from the host is left"),
    flag<&RunFlags::publish>("publish", 'p', "[IP:][HOST:]PORT[/PROTOCOL]",
                             "answer on a port of the host with its port; ranges, tcp, udp, sctp"),
    flag<&RunFlags::publish_all>("publish-all", 'P', "", "publish every exposed port on a free one of the host"),
    flag<&RunFlags::pull>("pull", 0, "WHEN", "when to pull the image", kPull),
    flag<&RunFlags::quiet>("quiet", 'q', "", "no progress output"),
    flag<&RunFlags::read_only>("read-only", 0, "", "make its root file system read-only"),
    flag<&RunFlags::restart>("restart", 0, "POLICY",
                             "start it again when it ends: no, on-failure[:NUMBER], always, unless-stopped"),
    flag<&RunFlags::read_only_tmpfs>("read-only-tmpfs", 0, "",
                                     "with --read-only, keep /run, /tmp and /var/tmp writable, in memory"),
    flag<&RunFlags::remove>("rm", 0, "", "remove the container when it ends"),
    flag<&RunFlags::security_opt>("security-opt", 0, "OPTION", "no-new-privileges, seccomp=FILE or seccomp=unconfined"),
    flag<&RunFlags::shm_size>("shm-size", 0, "SIZE", "size of /dev/shm; half of the memory it may use unless given"),
    flag<&RunFlags::sig_proxy>("sig-proxy", 0, "", "pass signals on to it; --sig-proxy=false leaves it running"),
    flag<&RunFlags::stop_signal>("stop-signal", 0, "SIGNAL",
                                 "what asks it to end; the image's or SIGTERM unless given"),
    flag<&RunFlags::stop_timeout>("stop-timeout", 0, "SECONDS", "until it is killed then; 10 unless given"),
    flag<&RunFlags::sysctl>("sysctl", 0, "NAME=VALUE", "set a kernel parameter of its namespaces"),
    flag<&RunFlags::terminal>("tty", 't', "", "give it a terminal"),
    flag<&RunFlags::tmpfs>("tmpfs", 0, "PATH[:OPTIONS]", "mount an empty file system in memory"),
    flag<&RunFlags::ulimit>("ulimit", 0, "NAME=SOFT[:HARD]", "set a resource limit, such as nofile=65536"),
    flag<&RunFlags::user>("user", 'u', "USER[:GROUP]", "run as this user, by name or number"),
    flag<&RunFlags::volume>("volume", 'v', "[SOURCE:]TARGET[:OPTIONS]",
                            "show it a file or directory of the host, or a volume"),
    flag<&RunFlags::volumes_from>("volumes-from", 0, "CONTAINER[:ro]", "mount what another container has mounted"),
    flag<&RunFlags::workdir>("workdir", 'w', "PATH", "start in this directory"),
};

}  // namespace

const CommandFor<RunFlags> kCreateCommand(Command{
    .name = "create",
    .summary = "make a container and do not start it",
    .arguments = "IMAGE [COMMAND [ARG...]]",
    .details = "Takes the flags of `aictr run` and prints the container's id; `aictr start` starts it.",
    .examples = "aictr create --name web -p 8080:8080 my-app\naictr start web",
    .flags = kFlags,
    .group = Group::containers,
    .completes = Completes::images,
    .interspersed = Interspersed::no,
    .later = kLater,
    .min_arguments = 1,
});

const CommandFor<RunFlags> kRunCommand(Command{
    .name = "run",
    .summary = "run a command in a new container",
    .arguments = "IMAGE [COMMAND [ARG...]]",
    .details =
        "Makes a container from IMAGE, runs COMMAND in it (or what the image says) and waits for it to end, or with -d "
        "leaves it running. The exit code is the command's own; 125 means that aictr failed, 126 that the command "
        "cannot be run, 127 that it was not "
        "found, and "
        "128+n that signal n ended it.",
    .examples = "aictr run --rm python:3.9 python -c 'print(6 * 7)'\n"
                "aictr run --rm -it debian:bookworm bash\n"
                "aictr run --rm -p 8080:8080 my-app\n"
                "aictr run --rm --gpus all my-app\n"
                "aictr run --rm --memory 4g --cpus 2 -v ./data:/data:ro my-app",
    .flags = kFlags,
    .group = Group::common,
    .completes = Completes::images,
    .interspersed = Interspersed::no,
    .later = kLater,
    .min_arguments = 1,
});

}  // namespace aictr::cli
