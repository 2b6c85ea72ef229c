"""A network of its own: a namespace that a veth pair joins to ours, and which can be slow or cut without anybody being told.

Sockets belong to the namespace in which they are made, so whoever lives there needs no process of its own: it makes its
sockets `inside`. Needs root. Where the kernel has no netem, a token bucket with a short queue makes the way slow, late and
lossy instead."""
import contextlib
import ctypes
import os
import subprocess

CONTROL = "reno"  # of congestion, by which TCP finds its speed
CLONE_NEWNET = 0x40000000
NETEM = "netem delay 150ms 50ms loss 3% rate 1mbit"
BUCKET = "tbf rate 512kbit burst 16kb latency 300ms"  # what does not leave within 300 ms is lost


def run(command, may_fail=False):
    done = subprocess.run(command.split(" "), capture_output=True, text=True, check=False)
    if done.returncode and not may_fail:
        raise OSError(f"{command}: {done.stderr.strip()}")
    return done.returncode == 0


class Network:
    """`here` and `there`: addresses of our end and of the end inside."""

    def __init__(self):
        number = os.getpid() % 65_536
        self.name, self.outer, self.inner = f"callboard-chaos-{number}", f"cbo{number}", f"cbi{number}"
        self.part = f"10.{number >> 8}.{number & 255}"
        self.here, self.there = f"{self.part}.1", f"{self.part}.2"
        self.shaper = None
        self.libc = ctypes.CDLL(None, use_errno=True)

    @staticmethod
    def make():
        """(network, None), or (None, why not)."""
        network = Network()
        try:
            network.begin()
            return network, None
        except OSError as error:
            network.end()
            return None, str(error)

    def begin(self):
        if os.geteuid() != 0:
            raise OSError("only root makes networks")
        run(f"ip netns add {self.name}")
        run(f"ip link add {self.outer} type veth peer name {self.inner} netns {self.name}")
        run(f"ip address add {self.here}/24 dev {self.outer}")
        run(f"ip link set {self.outer} up")
        run(f"ip -n {self.name} address add {self.there}/24 dev {self.inner}")
        run(f"ip -n {self.name} link set {self.inner} up")
        # BBR takes the losses of a slow network for its speed, and goes on at some hundred bytes a second when it is fast again.
        run(f"ip route change {self.part}.0/24 dev {self.outer} proto kernel scope link src {self.here} congctl {CONTROL}", may_fail=True)
        run(f"ip netns exec {self.name} sysctl -qw net.ipv4.tcp_congestion_control={CONTROL}", may_fail=True)
        self.shaper = next((one for one in (NETEM, BUCKET) if run(f"tc qdisc replace dev {self.outer} root {one}", may_fail=True)), None)
        self.be_fast()

    def end(self):
        run(f"ip link delete {self.outer}", may_fail=True)
        run(f"ip netns delete {self.name}", may_fail=True)

    @contextlib.contextmanager
    def inside(self):
        """Nothing may be awaited in it: the whole thread is there."""
        with open("/proc/thread-self/ns/net", "rb") as home, open(f"/run/netns/{self.name}", "rb") as there:
            self._enter(there)
            try:
                yield
            finally:
                self._enter(home)

    def _enter(self, namespace):
        if self.libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")

    def be_slow(self):
        """In both directions. False: this kernel has nothing for it."""
        if self.shaper:
            run(f"tc qdisc replace dev {self.outer} root {self.shaper}")
            run(f"tc -n {self.name} qdisc replace dev {self.inner} root {self.shaper}")
        return self.shaper is not None

    def be_fast(self):
        run(f"tc qdisc delete dev {self.outer} root", may_fail=True)
        run(f"tc -n {self.name} qdisc delete dev {self.inner} root", may_fail=True)

    def cut(self):
        """Nothing arrives, and nobody is told."""
        run(f"ip -n {self.name} link set {self.inner} down")

    def mend(self):
        run(f"ip -n {self.name} link set {self.inner} up")
