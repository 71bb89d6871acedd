#!/bin/bash
# containerd's CRI plugin, as the kubelet drives it, with aictr as a handler beside runc: the life of a pod is the same.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=peers.sh
. "$(dirname "$0")/peers.sh"
need_root
need containerd ctr runc
python=/usr/bin/python3 # the distribution's, which has its packages
$python -c 'import grpc' 2>/dev/null || skip "needs gRPC for Python (package python3-grpcio)"
handler=$(sed -n 's/^handler: //p' "$AICTR_SOURCE/tests/peers/runtime-class.yaml")

# The snippet of the documentation, and what keeps this containerd apart from the machine's.
write_config() {
  sed -e "s|/usr/local/bin/aictr-runtime|$AICTR_BIN/aictr-runtime|" "$AICTR_SOURCE/tests/peers/containerd-1.toml"
  cat <<END
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/library/pause:test"
  restrict_oom_score_adj = true
  stream_server_port = "0"
  [plugins."io.containerd.grpc.v1.cri".cni]
    conf_dir = "$work/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      BinaryName = "$(command -v runc)"
[plugins."io.containerd.internal.v1.opt"]
  path = "$work/opt"
END
}

start_containerd() {
  own_work
  write_config >"$work/config.toml"
  containerd --config "$work/config.toml" --root "$work/root" --state "$work/state" --address "$work/socket" >"$work/log" 2>&1 &
  at_exit "remove_cgroups aictr-peers-$$"
  at_exit "stop_process $!"
  wait_until 30 ctr_here version || skip "containerd does not start here: $(tail -n 1 "$work/log")"
  busybox_archive "$work/busybox.tar" docker.io/library/busybox:test
  ctr_here images import --snapshotter native "$work/busybox.tar" >/dev/null
  busybox_archive "$work/pause.tar" docker.io/library/pause:test '["sleep","100000"]'
  ctr_here images import --snapshotter native "$work/pause.tar" >/dev/null
}

ctr_here() {
  ctr --address "$work/socket" --namespace k8s.io "$@"
}

life_of_a_pod() { # HANDLER
  mkdir -p "$work/logs-$1"
  $python "$AICTR_SOURCE/tests/peers/cri_session.py" "$work/socket" "$1" "/aictr-peers-$$" "$work/logs-$1"
}

start_containerd
check_same_session kubelet life_of_a_pod "$handler" runc
check "the pod had what it asked for" contains "exited 9" "$(cat "$work/with-aictr")"
