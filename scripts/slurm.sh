#!/bin/sh
# A Slurm of two nodes on loopback, for test/cli/slurm.test.ts, in a folder of the caller's: no systemd, no database, and
# nothing outside of the folder is touched.
#
#   scripts/slurm.sh install       Debian's packages; exits with 0 if they can't be installed: the tests are then skipped
#   scripts/slurm.sh up DIR        starts what does not run (ports: SLURM_CTLD_PORT, SLURM_NODE_PORT and the one after it)
#   scripts/slurm.sh down DIR      stops what `up` started, by the process numbers in the folder
#   SLURM_CONF=DIR/slurm.conf is all that a client needs.
set -eu
PATH=$PATH:/usr/sbin

without() {
  echo "slurm: $1; test/cli/slurm.test.ts will be skipped" >&2
  exit 0
}

install_packages() {
  if command -v slurmctld >/dev/null && command -v slurmd >/dev/null && command -v munged >/dev/null; then exit 0; fi
  command -v apt-get >/dev/null 2>&1 || without 'no apt-get here'
  [ "$(id -u)" = 0 ] || without 'only root can install packages'
  echo 'slurm: installing slurmctld, slurmd, slurm-client and munge' >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2 || without 'apt-get update failed; what it said stands above'
  apt-get install -qq -y --no-install-recommends slurmctld slurmd slurm-client munge >&2 ||
    without 'apt-get install failed; what it said stands above'
}

# A number may be another process's by now.
runs() { # PIDFILE NAME
  [ -s "$1" ] && grep -qa -- "$2" "/proc/$(cat "$1")/cmdline" 2>/dev/null
}

write_conf() {
  host=$(hostname -s)
  control=${SLURM_CTLD_PORT:-16817}
  node=${SLURM_NODE_PORT:-16818}
  # MaxArraySize is small, so that a list of a few tasks takes more than one array. The lifetime of a credential is also how
  # long a job waits that is queued again. RealMemory is not counted (CR_CPU).
  cat >"$1/slurm.conf" <<CONF
ClusterName=longmix
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$1/munge/socket,cred_expire=5
CredType=cred/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmctldPort=$control
SlurmctldPidFile=$1/slurmctld.pid
SlurmdPidFile=$1/%n/slurmd.pid
SlurmctldLogFile=$1/log/slurmctld.log
SlurmdLogFile=$1/log/slurmd-%n.log
StateSaveLocation=$1/state
SlurmdSpoolDir=$1/%n
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=1,sched_interval=1,bf_interval=1
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
SlurmdParameters=config_overrides
SlurmdTimeout=5
InactiveLimit=0
KillWait=2
MinJobAge=3600
MaxArraySize=${SLURM_MAX_ARRAY:-6}
JobRequeue=1
NodeName=nodeA NodeHostname=$host NodeAddr=127.0.0.1 Port=$node CPUs=${SLURM_NODE_CPUS:-2} RealMemory=64000 State=UNKNOWN
NodeName=nodeB NodeHostname=$host NodeAddr=127.0.0.1 Port=$((node + 1)) CPUs=${SLURM_NODE_CPUS:-2} RealMemory=64000 State=UNKNOWN
PartitionName=main Nodes=nodeA,nodeB Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
CONF
}

up() {
  for folder in munge state log nodeA nodeB; do install -d -m 0755 "$1/$folder"; done
  [ -s "$1/munge/key" ] || (umask 077; head -c 128 /dev/urandom >"$1/munge/key")
  [ -s "$1/slurm.conf" ] || write_conf "$1"
  export SLURM_CONF="$1/slurm.conf"
  runs "$1/munge/pid" munged || munged --force --key-file="$1/munge/key" --socket="$1/munge/socket" \
    --pid-file="$1/munge/pid" --log-file="$1/munge/log" --seed-file="$1/munge/seed" --num-threads=2
  runs "$1/slurmctld.pid" slurmctld || slurmctld -f "$SLURM_CONF"
  for name in nodeA nodeB; do
    runs "$1/$name/slurmd.pid" slurmd || slurmd -f "$SLURM_CONF" -N "$name"
  done
  tries=0
  while [ "$(sinfo -h -N -t idle,mix,alloc,comp -o %N 2>/dev/null | sort -u | wc -l)" != 2 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ] || { echo "slurm did not come up; see $1/log" >&2; exit 1; }
    # What a crash left.
    for name in nodeA nodeB; do
      case $(sinfo -h -n "$name" -o %T 2>/dev/null) in
        *drain* | down*) scontrol update nodename="$name" state=resume 2>/dev/null || true ;;
      esac
    done
    sleep 0.1
  done
}

stop() { # PIDFILE NAME
  runs "$1" "$2" || return 0
  pid=$(cat "$1")
  kill "$pid" 2>/dev/null || true
  tries=0
  while kill -0 "$pid" 2>/dev/null && [ "$tries" -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
  kill -9 "$pid" 2>/dev/null || true
}

down() {
  export SLURM_CONF="$1/slurm.conf"
  [ -s "$SLURM_CONF" ] || return 0
  if runs "$1/slurmctld.pid" slurmctld; then
    ids=$(timeout 5 squeue -h -o %F 2>/dev/null | sort -u || true)
    # shellcheck disable=SC2086 # one word per job
    [ -z "$ids" ] || timeout 5 scancel --signal=KILL --full $ids 2>/dev/null || true
    [ -z "$ids" ] || timeout 5 scancel $ids 2>/dev/null || true
    tries=0
    while [ -n "$(timeout 5 squeue -h -o %F 2>/dev/null)" ] && [ "$tries" -lt 25 ]; do sleep 0.2; tries=$((tries + 1)); done
  fi
  stop "$1/nodeA/slurmd.pid" slurmd
  stop "$1/nodeB/slurmd.pid" slurmd
  stop "$1/slurmctld.pid" slurmctld
  stop "$1/munge/pid" munged
}

case ${1:-} in
  install) install_packages ;;
  up | down) "$1" "$(cd "$2" && pwd)" ;;
  *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
