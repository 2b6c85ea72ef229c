// hepload - sends SIP call flows as HEP3 over UDP, and reads back how many the receiver processed.
//
// The calls are those of SipCalls: --calls of them run interleaved between --numbers numbers, and every
// --register-every-th is a REGISTER and its 200 instead.
// --rate 0 sends as fast as sendmmsg goes (the kernel drops what the receiver does not take in time).
// --metrics URL --metric NAME[+NAME..] reads Prometheus counters before and after; labels are summed.
// --count-cmd CMD instead runs a shell command that prints the number processed (a row count, say).
// --burst stops the receiver (--pid) while sending, then measures how it works off its full socket
// buffer: its capacity when this sender is slower than it is. Keep --count below what the buffer holds.
// --warmup S sends for so long at --warmup-rate before anything is measured, so that tables are as full as
// they get. Prints one JSON line.
#include <signal.h>

#include <algorithm>

#include "common.hpp"
#include "sip_calls.hpp"

using namespace bench;

namespace {

class Sender {
  public:
    explicit Sender(const Args& a)
        : calls_({.at_once = std::size_t(a.integer("calls")),
                  .numbers = u64(a.integer("numbers")),
                  .register_every = u64(a.integer("register-every")),
                  .salt = now_ns()}) {
        sockaddr_in to = addr4(a.str("host"), int(a.integer("port")));
        fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        int size = 16 << 20;
        setsockopt(fd_, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
        if (connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) < 0)
            die("connect: %s", std::strerror(errno));
        for (std::size_t i = 0; i < kBatch; ++i) {
            iov_[i].iov_base = space_.data() + i * SipCalls::kLongestPacket;
            msgs_[i].msg_hdr.msg_iov = &iov_[i];
            msgs_[i].msg_hdr.msg_iovlen = 1;
        }
    }

    void send_batch(std::size_t n) {
        timespec ts;
        clock_gettime(CLOCK_REALTIME, &ts);
        for (std::size_t i = 0; i < n; ++i) {
            iov_[i].iov_len =
                calls_.next(static_cast<char*>(iov_[i].iov_base), u32(ts.tv_sec), u32(ts.tv_nsec / 1000));
            bytes += iov_[i].iov_len;
        }
        for (std::size_t at = 0; at < n;) {
            int k = sendmmsg(fd_, msgs_.data() + at, unsigned(n - at), 0);
            if (k < 0) {
                if (errno == ECONNREFUSED)
                    ++refused;
                else if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
                    die("sendmmsg: %s", std::strerror(errno));
                continue;
            }
            at += std::size_t(k);
        }
        sent += n;
    }

    static constexpr std::size_t kBatch = 64;
    u64 sent = 0, bytes = 0, refused = 0;
    u64 calls_started() const { return calls_.started(); }

  private:
    int fd_ = -1;
    SipCalls calls_;
    std::vector<char> space_ = std::vector<char>(kBatch * SipCalls::kLongestPacket);
    std::array<iovec, kBatch> iov_{};
    std::array<mmsghdr, kBatch> msgs_{};
};

// Reads how many messages the receiver has processed.
class Counter {
  public:
    explicit Counter(const Args& a) : names_(a.list("metric", '+')), cmd_(a.str("count-cmd")) {
        if (!a.str("metrics").empty()) url_ = parse_url(a.str("metrics")), on_ = true;
        if (!cmd_.empty()) on_ = true;
    }
    bool on() const { return on_; }
    u64 read() const {
        if (!cmd_.empty()) {
            char buf[64] = "";
            FILE* f = popen(cmd_.c_str(), "r");
            if (!f || !std::fgets(buf, sizeof buf, f)) buf[0] = 0;
            if (f) pclose(f);
            return std::strtoull(buf, nullptr, 10);
        }
        std::string text = http_get(url_);
        double sum = 0;
        for (std::size_t at = 0; at < text.size();) {
            std::size_t end = std::min(text.find('\n', at), text.size());
            sv line = sv(text).substr(at, end - at);
            at = end + 1;
            for (const auto& n : names_)
                if (line.size() > n.size() && line.starts_with(n) &&
                    (line[n.size()] == ' ' || line[n.size()] == '{')) {
                    std::size_t value = line[n.size()] == '{' ? line.find('}') + 1 : n.size();
                    sum += std::strtod(line.data() + value, nullptr);
                }
        }
        return u64(sum);
    }

  private:
    Url url_;
    std::vector<std::string> names_;
    std::string cmd_;
    bool on_ = false;
};

// Datagrams the kernel dropped at the receiver's socket (last column of /proc/net/udp).
u64 kernel_drops(int port) {
    char want[8];
    std::snprintf(want, sizeof want, ":%04X", unsigned(port));
    std::string text = slurp("/proc/net/udp");
    u64 drops = 0;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        at = end + 1;
        std::size_t colon = line.find(": ");
        if (colon == std::string::npos || line.substr(colon + 10, 5) != want) continue;
        line.erase(line.find_last_not_of(' ') + 1);
        drops += std::strtoull(line.c_str() + line.rfind(' '), nullptr, 10);
    }
    return drops;
}

/// Sends for so long, at a rate (0: as fast as it goes), at most `limit` messages (0: any number).
void send_for(Sender& sender, u64 duration, double rate, u64 limit) {
    for (u64 begun = now_ns(); now_ns() - begun < duration && (!limit || sender.sent < limit);) {
        std::size_t n = Sender::kBatch;
        if (rate > 0) {
            double due = rate * double(now_ns() - begun) / 1e9 - double(sender.sent);
            if (due < 1) {
                u64 wait = std::min<u64>(u64(1e9 / rate), 500'000);
                timespec ts{0, long(wait)};
                nanosleep(&ts, nullptr);
                continue;
            }
            n = std::min(n, std::size_t(due));
        }
        if (limit) n = std::min<std::size_t>(n, limit - sender.sent);
        sender.send_batch(n);
    }
}

/// The counter once it has stood still for so long, and when it moved last: the backlog is worked off.
std::pair<u64, u64> settled(const Counter& counter, u64 value, u64 still) {
    constexpr u64 kOwnReadings = 3;  // some servers count the requests that read the counter
    u64 last = now_ns();
    while (now_ns() - last < still) {
        usleep(50'000);
        const u64 read = counter.read();
        if (read > value + kOwnReadings) last = now_ns();
        value = read;
    }
    return {value, last};
}

}  // namespace

int main(int argc, char** argv) {
    Args a(argc, argv,
           {{"name", ""},
            {"host", "127.0.0.1"},
            {"port", "9060"},
            {"rate", "0"},
            {"duration", "5"},
            {"warmup", "0"},
            {"warmup-rate", "150000"},
            {"count", "0"},
            {"calls", "10000"},
            {"numbers", "100000"},
            {"register-every", "8"},
            {"metrics", ""},
            {"metric", ""},
            {"count-cmd", ""},
            {"settle", "1"},
            {"burst", "off"},
            {"pid", ""}});
    const std::vector<int> pids = a.pids();
    const double rate = a.num("rate");
    const u64 limit = u64(a.integer("count")), duration = u64(a.num("duration") * 1e9);
    Sender sender(a);
    Counter counter(a);
    if (const double warmup = a.num("warmup"); warmup > 0) {
        send_for(sender, u64(warmup * 1e9), a.num("warmup-rate"), 0);
        if (counter.on()) settled(counter, counter.read(), u64(a.num("settle") * 1e9));
        sender.sent = sender.bytes = 0;
    }
    const u64 before = counter.on() ? counter.read() : 0, drops = kernel_drops(int(a.integer("port")));
    const bool burst = a.flag("burst");
    if (burst)
        for (int pid : pids) kill(pid, SIGSTOP);
    u64 t0 = now_ns(), c0 = own_cpu_ns(), s0 = cpu_ns(pids);
    send_for(sender, duration, rate, limit);
    u64 t1 = now_ns();
    if (burst)
        for (int pid : pids) kill(pid, SIGCONT);
    double wall = double(t1 - t0) / 1e9, own = double(own_cpu_ns() - c0) / 1e9,
           server = double(cpu_ns(pids) - s0) / 1e9;
    u64 at_end = counter.on() ? counter.read() - before : 0, processed = at_end, last = t1;
    if (counter.on()) {
        const auto [value, at] = settled(counter, at_end + before, u64(a.num("settle") * 1e9));
        processed = value - before;
        if (processed != at_end) last = at;
    }
    double busy = double(last - t0) / 1e9, server_all = double(cpu_ns(pids) - s0) / 1e9;
    JsonLine j;
    j.str("name", a.str("name"))
        .num("rate", rate, 0)
        .num("wall_s", wall)
        .num("sent", sender.sent)
        .num("sent_per_s", double(sender.sent) / wall, 0);
    j.num("avg_bytes", double(sender.bytes) / double(std::max<u64>(1, sender.sent)), 0)
        .num("calls", sender.calls_started())
        .num("refused", sender.refused);
    j.num("gen_cpu", own / wall).num("kernel_drops", kernel_drops(int(a.integer("port"))) - drops);
    if (counter.on()) {
        j.num("processed", processed)
            .num("processed_per_s", double(at_end) / wall, 0)
            .num("processed_per_s_with_backlog", double(processed) / busy, 0);
        j.num("loss", 1 - double(processed) / double(std::max<u64>(1, sender.sent)), 6);
    }
    if (!pids.empty()) {
        j.num("server_cpu", server / wall).num("rss_kb", rss_kb(pids));
        if (processed) j.num("server_us_per_message", server_all * 1e6 / double(processed));
    }
    j.print();
}
