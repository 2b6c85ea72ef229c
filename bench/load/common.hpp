// Shared by the bench programs: clock, histogram, /proc readers, sockets, argument parsing.
#pragma once
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

using i64 = std::int64_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using sv = std::string_view;

[[noreturn]] __attribute__((format(printf, 1, 2))) inline void die(const char* fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    std::vfprintf(stderr, fmt, ap);
    va_end(ap);
    std::fputc('\n', stderr);
    std::exit(2);
}

// CLOCK_MONOTONIC is the same clock in every process of one host, so stamps compare across programs.
inline u64 now_ns() {
    timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return u64(ts.tv_sec) * 1'000'000'000u + u64(ts.tv_nsec);
}

// Log-linear latency histogram: 32 buckets per power of two, so at most 3 % error.
class Histogram {
  public:
    void add(u64 ns) {
        ++buckets_[index(ns)];
        ++count_;
        sum_ += ns;
        if (ns > max_) max_ = ns;
    }
    u64 quantile(double q) const {
        u64 want = u64(q * double(count_)), seen = 0;
        for (std::size_t i = 0; i < buckets_.size(); ++i)
            if ((seen += buckets_[i]) > want) return std::min(upper(i), max_);
        return max_;
    }
    u64 max() const { return max_; }
    u64 count() const { return count_; }
    double mean() const { return count_ ? double(sum_) / double(count_) : 0; }

  private:
    static constexpr int kBits = 5;
    static std::size_t index(u64 v) {
        if (v < (1u << kBits)) return v;
        int shift = int(std::bit_width(v)) - 1 - kBits;
        return (std::size_t(shift + 1) << kBits) + ((v >> shift) & ((1u << kBits) - 1));
    }
    static u64 upper(std::size_t i) {
        if (i < (1u << kBits)) return i;
        int shift = int(i >> kBits) - 1;
        return ((((i & ((1u << kBits) - 1)) | (1u << kBits)) + 1) << shift) - 1;
    }
    std::array<u64, 60u << kBits> buckets_{};
    u64 count_ = 0, sum_ = 0, max_ = 0;
};

inline std::string slurp(const std::string& path) {
    std::string out;
    if (int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC); fd >= 0) {
        char buf[65536];
        for (ssize_t n; (n = read(fd, buf, sizeof buf)) > 0;) out.append(buf, std::size_t(n));
        close(fd);
    }
    return out;
}

inline u64 own_cpu_ns() {
    timespec ts;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return u64(ts.tv_sec) * 1'000'000'000u + u64(ts.tv_nsec);
}

// CPU time (ns, all threads) of other processes, from the scheduler's own accounting.
inline u64 cpu_ns(const std::vector<int>& pids) {
    u64 total = 0;
    for (int pid : pids) {
        std::string dir = "/proc/" + std::to_string(pid) + "/task";
        DIR* d = opendir(dir.c_str());
        if (!d) continue;
        while (dirent* e = readdir(d))
            if (e->d_name[0] != '.')
                total += std::strtoull(slurp(dir + "/" + e->d_name + "/schedstat").c_str(), nullptr, 10);
        closedir(d);
    }
    return total;
}

// A "Name:   123 kB" line of a /proc file, in kB.
inline u64 proc_kb(const std::string& path, sv key) {
    std::string s = slurp(path);
    std::size_t at = s.find(std::string("\n") + std::string(key) + ":");
    if (at == std::string::npos) return 0;
    return std::strtoull(s.c_str() + at + key.size() + 2, nullptr, 10);
}
inline u64 rss_kb(const std::vector<int>& pids) {
    u64 total = 0;
    for (int pid : pids) total += proc_kb("/proc/" + std::to_string(pid) + "/status", "VmRSS");
    return total;
}
inline u64 pss_kb(const std::vector<int>& pids) {
    u64 total = 0;
    for (int pid : pids) total += proc_kb("/proc/" + std::to_string(pid) + "/smaps_rollup", "Pss");
    return total;
}

inline sockaddr_in addr4(const std::string& host, int port) {
    sockaddr_in a{};
    a.sin_family = AF_INET;
    a.sin_port = htons(u16(port));
    if (inet_pton(AF_INET, host.c_str(), &a.sin_addr) != 1) die("not an IPv4 address: %s", host.c_str());
    return a;
}

// Connects (blocking), optionally from a given loopback source address, then turns non-blocking.
inline int dial(const sockaddr_in& to, u32 source = 0, bool nonblock = true) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) die("socket: %s (file descriptor limit?)", std::strerror(errno));
    int one = 1;
    if (source) {
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        sockaddr_in from{};
        from.sin_family = AF_INET;
        from.sin_addr.s_addr = htonl(source);
        if (bind(fd, reinterpret_cast<sockaddr*>(&from), sizeof from) < 0)
            die("bind: %s", std::strerror(errno));
    }
    if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0)
        die("connect: %s", std::strerror(errno));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (nonblock) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return fd;
}

struct Url {
    std::string host = "127.0.0.1", path = "/";
    int port = 80;
};
inline Url parse_url(std::string s) {
    Url u;
    if (std::size_t p = s.find("://"); p != std::string::npos) s.erase(0, p + 3);
    if (std::size_t p = s.find('/'); p != std::string::npos) u.path = s.substr(p), s.resize(p);
    if (std::size_t p = s.find(':'); p != std::string::npos)
        u.port = std::atoi(s.c_str() + p + 1), s.resize(p);
    u.host = s;
    return u;
}

// One blocking HTTP GET (Connection: close); returns headers and body together.
inline std::string http_get(const Url& u) {
    int fd = dial(addr4(u.host, u.port), 0, false);
    timeval tv{5, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
    std::string req = "GET " + u.path + " HTTP/1.1\r\nHost: " + u.host + "\r\nConnection: close\r\n\r\n", out;
    if (send(fd, req.data(), req.size(), MSG_NOSIGNAL) < 0) die("send: %s", std::strerror(errno));
    char buf[65536];
    for (ssize_t n; (n = recv(fd, buf, sizeof buf, 0)) > 0;) out.append(buf, std::size_t(n));
    close(fd);
    return out;
}

// "--name value" and "--flag" arguments; unknown names are an error.
class Args {
  public:
    Args(int argc, char** argv, std::map<std::string, std::string> defaults) : values_(std::move(defaults)) {
        for (int i = 1; i < argc; ++i) {
            std::string a = argv[i];
            auto it = a.starts_with("--") ? values_.find(a.substr(2)) : values_.end();
            if (it == values_.end()) usage(argv[0], a);
            bool flag = it->second == "off" || it->second == "on";
            if (flag)
                it->second = "on";
            else if (++i < argc)
                it->second = argv[i];
            else
                usage(argv[0], a);
        }
    }
    const std::string& str(const std::string& k) const { return values_.at(k); }
    double num(const std::string& k) const { return std::atof(str(k).c_str()); }
    i64 integer(const std::string& k) const { return std::atoll(str(k).c_str()); }
    bool flag(const std::string& k) const { return str(k) == "on"; }
    std::vector<std::string> list(const std::string& k, char sep = ',') const {
        std::vector<std::string> out;
        const std::string& s = str(k);
        for (std::size_t at = 0; at < s.size();) {
            std::size_t end = std::min(s.find(sep, at), s.size());
            out.push_back(s.substr(at, end - at));
            at = end + 1;
        }
        return out;
    }
    std::vector<int> pids() const {
        std::vector<int> out;
        for (const auto& s : list("pid")) out.push_back(std::atoi(s.c_str()));
        return out;
    }

  private:
    [[noreturn]] void usage(const char* argv0, const std::string& bad) const {
        std::fprintf(stderr, "%s: bad argument %s\n", argv0, bad.c_str());
        for (const auto& [k, v] : values_) std::fprintf(stderr, "  --%s %s\n", k.c_str(), v.c_str());
        std::exit(2);
    }
    std::map<std::string, std::string> values_;
};

// One-line JSON writer.
class JsonLine {
  public:
    JsonLine& str(sv k, sv v) {
        key(k) += '"';
        for (char c : v) {
            if (c == '"' || c == '\\') out_ += '\\';
            out_ += c;
        }
        out_ += '"';
        return *this;
    }
    JsonLine& num(sv k, double v, int digits = 3) {
        char b[64];
        std::snprintf(b, sizeof b, "%.*f", digits, v);
        key(k) += b;
        return *this;
    }
    JsonLine& num(sv k, u64 v) {
        key(k) += std::to_string(v);
        return *this;
    }
    void print() const {
        std::printf("{%s}\n", out_.c_str());
        std::fflush(stdout);
    }

  private:
    std::string& key(sv k) {
        if (!out_.empty()) out_ += ',';
        ((out_ += '"') += k) += "\":";
        return out_;
    }
    std::string out_;
};

}  // namespace bench
