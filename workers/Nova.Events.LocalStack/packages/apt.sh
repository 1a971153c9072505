#!/usr/bin/env bash
# apt.sh PACKAGE...: installs Debian packages, without starting the services that some of them bring.
set -euo pipefail
if ! command -v apt-get >/dev/null; then
  echo "nova: needs the equivalent of Debian's $*; this system has no apt-get. Install them and run this again." >&2
  exit 69
elif [ "$(id -u)" != 0 ]; then
  echo "nova: needs Debian packages and is not root. Run: sudo apt-get install $*" >&2
  exit 69
fi
echo "nova: installing $* (apt)"
policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.d/nova-events.conf ours=()
log=$(mktemp)
trap 'rm -f "$log" "${ours[@]}"' EXIT
if [ ! -e $policy ]; then
  ours+=("$policy")
  printf '#!/bin/sh\nexit 101\n' >$policy
  chmod +x $policy
fi
case "$*" in *postgresql*)
  ours+=("$cluster")
  mkdir -p "$(dirname $cluster)"
  echo "create_main_cluster = false" >$cluster ;;
esac
install() { DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" >"$log" 2>&1; }
install "$@" || { apt-get -o DPkg::Lock::Timeout=300 update >"$log" 2>&1 && install "$@"; } || {
  tail -8 "$log" >&2
  echo "nova: apt-get could not install $*. Check the network and /etc/apt/sources.list*, then run this again." >&2
  exit 70
}
