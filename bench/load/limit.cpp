// limit - what one core and this kernel can do at best: an event hub without features.
//
// HTTP on --port:
//   GET  /?token=T[&session=S]   long-poll, answered {"Session":..,"Message":..,"Events":[..]}
//   GET  /ws?token=T  /sse?token=T   WebSocket and Server-Sent Events
//   POST /pub?token=T            publishes the body, which must be JSON
//   GET  /metrics                counters
// UDP on --hep: recvmmsg sink. --hep-parse adds HEP3 + SIP header parsing and a call table,
// --hep-log FILE adds one append per received batch.
// --uring serves with io_uring (multishot accept and receive, sends submitted in one batch) instead of epoll.
// --fault drop|dup|swap --fault-at N spoils the Nth delivery, to prove that pollload notices.
#include <sys/epoll.h>

#include <atomic>
#include <deque>
#include <memory>
#include <thread>
#include <unordered_map>

#include "uring.hpp"

using namespace bench;

namespace {

std::atomic<u64> hep_messages{0}, hep_bytes{0}, hep_bad{0}, hep_calls{0};

struct Hash {
    using is_transparent = void;
    std::size_t operator()(sv s) const { return std::hash<sv>{}(s); }
};
template <class V>
using Map = std::unordered_map<std::string, V, Hash, std::equal_to<>>;

enum class Kind : unsigned char { idle, poll, ws, sse };

struct Conn {
    int fd = -1;
    u32 token = 0;
    Kind kind = Kind::idle;
    bool blocked = false;  // waiting for EPOLLOUT
    u64 next = 0;          // number of the next event to deliver
    std::string in, out;
};

struct Token {
    u64 base = 0;                     // number of events.front()
    std::vector<std::string> events;  // the last kKeep or more
    std::vector<u32> polls, streams;
    bool dirty = false;
    u64 end() const { return base + events.size(); }
};

class Hub {
  public:
    explicit Hub(const Args& a) : fault_(a.str("fault")), fault_at_(u64(a.integer("fault-at"))) {
        listen_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (a.flag("uring") ? 0 : SOCK_NONBLOCK), 0);
        int one = 1;
        setsockopt(listen_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        sockaddr_in at = addr4("127.0.0.1", int(a.integer("port")));
        if (bind(listen_, reinterpret_cast<sockaddr*>(&at), sizeof at) < 0 || listen(listen_, 4096) < 0)
            die("listen: %s", std::strerror(errno));
        if (at.sin_port == 0) {  // whoever asked for any wants to know which
            socklen_t length = sizeof at;
            getsockname(listen_, reinterpret_cast<sockaddr*>(&at), &length);
            std::printf("listening on 127.0.0.1:%d\n", ntohs(at.sin_port));
            std::fflush(stdout);
        }
    }

    void run() {
        ep_ = epoll_create1(EPOLL_CLOEXEC);
        control(EPOLL_CTL_ADD, listen_, EPOLLIN, ~u64(0));
        std::vector<epoll_event> events(512);
        for (;;) {
            int n = epoll_wait(ep_, events.data(), int(events.size()), -1);
            for (int i = 0; i < n; ++i) {
                const epoll_event& e = events[std::size_t(i)];
                if (e.data.u64 == ~u64(0))
                    accept_all();
                else if (e.events & EPOLLOUT)
                    unblock(u32(e.data.u64));
                else
                    readable(u32(e.data.u64));
            }
            flush_all();
        }
    }

    void run_uring() {
        ring_ = std::make_unique<Ring>();
        ring_->open();
        ring_->accept(listen_, kAccept);
        for (;;) {
            ring_->turn(1'000'000'000, [&](const Ring::Event& e) {
                int fd = int(e.tag >> 8);
                if (unsigned what = e.tag & 255; what == kAccept && e.res >= 0) {
                    adopt(e.res);
                    ring_->receive(e.res, u64(e.res) << 8 | kReceive);
                } else if (what == kReceive) {
                    Conn& c = conns_[std::size_t(fd)];
                    if (!e.data.empty()) feed(c, e.data);
                    if (e.res == 0 || (e.res < 0 && e.res != -ENOBUFS))
                        hang_up(c);
                    else if (!e.more)
                        ring_->receive(fd, e.tag);
                }
            });
            flush_all();
        }
    }

  private:
    enum : unsigned { kAccept = 1, kReceive, kSend };

    void flush_all() {
        for (u32 t : dirty_) flush(tokens_[t]);
        dirty_.clear();
    }

    static constexpr std::size_t kKeep = 256;

    void control(int op, int fd, u32 events, u64 tag) {
        epoll_event ev{};
        ev.events = events;
        ev.data.u64 = tag;
        epoll_ctl(ep_, op, fd, &ev);
    }

    void accept_all() {
        for (int fd; (fd = accept4(listen_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
            adopt(fd);
            control(EPOLL_CTL_ADD, fd, EPOLLIN, u64(fd));
        }
    }

    void adopt(int fd) {
        int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (std::size_t(fd) >= conns_.size()) conns_.resize(std::size_t(fd) + 1);
        conns_[std::size_t(fd)] = Conn{};
        conns_[std::size_t(fd)].fd = fd;
    }

    void leave(Conn& c) {
        auto& list = c.kind == Kind::poll ? tokens_[c.token].polls : tokens_[c.token].streams;
        if (c.kind != Kind::idle) std::erase(list, u32(c.fd));
        c.kind = Kind::idle;
    }

    void hang_up(Conn& c) {
        leave(c);
        close(c.fd);
        c = Conn{};
    }

    void readable(u32 fd) {
        Conn& c = conns_[fd];
        if (c.fd < 0) return;
        ssize_t n = recv(c.fd, buf_, sizeof buf_, 0);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) return hang_up(c);
        feed(c, sv(buf_, std::size_t(n)));
    }

    void feed(Conn& c, sv data) {
        if (c.kind == Kind::ws) return;  // pongs and the like
        sv in = c.in.empty() ? data : sv(c.in.append(data));
        std::size_t used = 0;
        while (std::size_t len = request(c, in.substr(used))) used += len;
        if (c.in.empty()) {
            if (used < in.size()) c.in.assign(in.substr(used));
        } else {
            c.in.erase(0, used);
        }
    }

    static sv param(sv target, sv name) {
        std::size_t p = target.find(name);
        if (p == sv::npos) return {};
        target.remove_prefix(p + name.size());
        return target.substr(0, target.find_first_of("& "));
    }

    u32 token_index(sv name) {
        auto it = names_.find(name);
        if (it != names_.end()) return it->second;
        tokens_.emplace_back();
        return names_.emplace(std::string(name), u32(tokens_.size() - 1)).first->second;
    }

    // Serves one request at the front of `in`; returns its length, 0 while incomplete.
    std::size_t request(Conn& c, sv in) {
        std::size_t end = in.find("\r\n\r\n");
        if (end == sv::npos) return 0;
        end += 4;
        sv target = in.substr(0, in.find("\r\n"));
        if (target.starts_with("POST /pub?")) {
            std::size_t p = in.find("Content-Length: ");
            std::size_t len = p < end ? std::strtoull(in.data() + p + 16, nullptr, 10) : 0;
            if (in.size() < end + len) return 0;
            publish(token_index(param(target, "token=")), in.substr(end, len));
            write(c, "HTTP/1.1 204 No Content\r\n\r\n");
            return end + len;
        }
        if (target.starts_with("GET /metrics")) {
            std::string body =
                "limit_published_total " + std::to_string(published_) + "\nlimit_delivered_total " +
                std::to_string(delivered_) + "\nlimit_hep_messages_total " + std::to_string(hep_messages) +
                "\nlimit_hep_bytes_total " + std::to_string(hep_bytes) + "\nlimit_hep_bad_total " +
                std::to_string(hep_bad) + "\nlimit_hep_calls " + std::to_string(hep_calls) + "\n";
            write(c, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: " +
                         std::to_string(body.size()) + "\r\n\r\n" + body);
            shutdown(c.fd, SHUT_WR);
            return end;
        }
        u32 index = token_index(param(target, "token="));
        Token& t = tokens_[index];
        c.token = index;
        c.next = t.end();
        if (target.starts_with("GET /ws?")) {
            c.kind = Kind::ws;  // the key is always pollload's
            write(c,
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
                  "Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
            t.streams.push_back(u32(c.fd));
        } else if (target.starts_with("GET /sse?")) {
            c.kind = Kind::sse;
            write(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n\r\n");
            t.streams.push_back(u32(c.fd));
        } else {
            c.kind = Kind::poll;
            if (sv s = param(target, "session="); !s.empty())
                c.next = std::max<u64>(std::strtoull(s.data(), nullptr, 10), t.base);
            if (c.next < t.end())
                deliver(c, t);
            else
                t.polls.push_back(u32(c.fd));
        }
        return end;
    }

    void publish(u32 index, sv body) {
        Token& t = tokens_[index];
        t.events.emplace_back(body);
        if (t.events.size() == 2 * kKeep)
            t.events.erase(t.events.begin(), t.events.begin() + kKeep), t.base += kKeep;
        ++published_;
        if (!t.dirty) t.dirty = true, dirty_.push_back(index);
    }

    void flush(Token& t) {
        t.dirty = false;
        cached_.clear();
        polls_.swap(t.polls);
        for (u32 fd : polls_) deliver(conns_[fd], t);
        polls_.clear();
        for (u32 fd : t.streams)
            if (!conns_[fd].blocked) deliver(conns_[fd], t);
    }

    // Sends everything from c.next on; connections at the same place share one rendered buffer.
    void deliver(Conn& c, Token& t) {
        u64 till = t.end();
        if (c.next == till) return;
        if (!fault_.empty() && ++deliveries_ >= fault_at_ && spoil(c, t)) return;
        if (cached_.empty() || cached_token_ != c.token || cached_kind_ != c.kind || cached_from_ != c.next ||
            cached_till_ != till) {
            cached_ = render(c.kind, t, c.next, till);
            if (ring_) kept_ = ring_->keep(cached_);
            cached_token_ = c.token, cached_kind_ = c.kind, cached_from_ = c.next, cached_till_ = till;
        }
        delivered_ += till - c.next;
        c.next = till;
        if (c.kind == Kind::poll) c.kind = Kind::idle;
        write(c, ring_ ? kept_ : sv(cached_));
    }

    // Spoils one delivery; true: nothing is to be sent to this connection now.
    bool spoil(Conn& c, Token& t) {
        auto hold = [&] {
            if (c.kind == Kind::poll) t.polls.push_back(u32(c.fd));
            return true;
        };
        if (fault_ == "swap") {
            if (t.end() - c.next < 2) return hold();  // until there are two to swap
            std::swap(t.events[t.events.size() - 1], t.events[t.events.size() - 2]);
        }
        if (fault_ == "dup") t.events.push_back(t.events.back());
        bool drop = fault_ == "drop";
        fault_.clear();  // once
        return drop && (++c.next, hold());
    }

    static std::string render(Kind kind, const Token& t, u64 from, u64 till) {
        std::string out, body;
        if (kind == Kind::poll) {
            body = "{\"Session\":\"" + std::to_string(till) + "\",\"Message\":\"ok\",\"Events\":[";
            for (u64 i = from; i < till; ++i) (body += t.events[i - t.base]) += ',';
            body.back() = ']';
            body += '}';
            return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                   std::to_string(body.size()) + "\r\n\r\n" + body;
        }
        for (u64 i = from; i < till; ++i) {
            const std::string& e = t.events[i - t.base];
            if (kind == Kind::sse) {
                ((out += "data: ") += e) += "\n\n";
            } else {
                out += char(0x81);
                if (e.size() < 126)
                    out += char(e.size());
                else
                    ((out += char(126)) += char(e.size() >> 8)) += char(e.size());
                out += e;
            }
        }
        return out;
    }

    void write(Conn& c, sv data) {
        if (ring_)
            return ring_->send(c.fd, data.data() == kept_.data() ? data : sv(ring_->keep(data)), kSend);
        if (c.out.empty()) {
            ssize_t n = send(c.fd, data.data(), data.size(), MSG_NOSIGNAL);
            if (n < 0) {
                if (errno != EAGAIN) return;
                n = 0;
            }
            data.remove_prefix(std::size_t(n));
        }
        if (data.empty()) return;
        c.out.append(data);
        if (!c.blocked) c.blocked = true, control(EPOLL_CTL_MOD, c.fd, EPOLLIN | EPOLLOUT, u64(c.fd));
    }

    void unblock(u32 fd) {
        Conn& c = conns_[fd];
        if (c.fd < 0) return;
        ssize_t n = send(c.fd, c.out.data(), c.out.size(), MSG_NOSIGNAL);
        if (n > 0) c.out.erase(0, std::size_t(n));
        if (!c.out.empty()) return;
        c.out.shrink_to_fit();
        c.blocked = false;
        control(EPOLL_CTL_MOD, c.fd, EPOLLIN, u64(c.fd));
        if (c.kind == Kind::ws || c.kind == Kind::sse) deliver(c, tokens_[c.token]);
    }

    int listen_ = -1, ep_ = -1;
    std::vector<Conn> conns_;  // by file descriptor
    std::deque<Token> tokens_;
    Map<u32> names_;
    std::vector<u32> dirty_, polls_;
    std::string cached_;
    std::unique_ptr<Ring> ring_;
    sv kept_;  // cached_, as the ring keeps it
    u32 cached_token_ = 0;
    Kind cached_kind_{};
    u64 cached_from_ = 0, cached_till_ = 0;
    u64 published_ = 0, delivered_ = 0, deliveries_ = 0;
    std::string fault_;
    u64 fault_at_;
    char buf_[65536];
};

// ---- HEP sink ----------------------------------------------------------------------------------

struct Call {
    unsigned char state = 0;
};

u16 be16(const char* p) {
    return u16(u16(static_cast<unsigned char>(p[0])) << 8 | static_cast<unsigned char>(p[1]));
}

// Value of the last parsed SIP header of interest, all in the datagram.
struct Sip {
    sv first, call_id, cseq, from, to;
};

bool parse_sip(sv in, Sip& m) {
    std::size_t at = in.find("\r\n");
    if (at == sv::npos) return false;
    m.first = in.substr(0, at);
    for (at += 2; at < in.size();) {
        std::size_t end = in.find("\r\n", at);
        if (end == sv::npos || end == at) break;
        sv line = in.substr(at, end - at);
        at = end + 2;
        std::size_t colon = line.find(':');
        if (colon == sv::npos) return false;
        sv name = line.substr(0, colon), value = line.substr(colon + 1);
        while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
        auto is = [&](sv full, char brief) {
            return (name.size() == full.size() && strncasecmp(name.data(), full.data(), full.size()) == 0) ||
                   (name.size() == 1 && (name[0] | 32) == brief);
        };
        switch (name[0] | 32) {
            case 'c':
                if (is("call-id", 'i'))
                    m.call_id = value;
                else if (is("cseq", 0))
                    m.cseq = value;
                break;
            case 'i':
                if (name.size() == 1) m.call_id = value;
                break;
            case 'f':
                if (is("from", 'f')) m.from = value;
                break;
            case 't':
                if (is("to", 't')) m.to = value;
                break;
        }
    }
    return !m.call_id.empty() && !m.cseq.empty();
}

sv hep_payload(sv d) {
    if (d.size() < 6 || !d.starts_with("HEP3") || be16(d.data() + 4) != d.size()) return {};
    for (std::size_t at = 6; at + 6 <= d.size();) {
        u16 type = be16(d.data() + at + 2), len = be16(d.data() + at + 4);
        if (len < 6 || at + len > d.size()) return {};
        if (type == 15) return d.substr(at + 6, len - 6u);
        at += len;
    }
    return {};
}

void hep_sink(const Args& a) {
    constexpr unsigned kBatch = 64, kSize = 4096;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = 32 << 20;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    sockaddr_in at = addr4("127.0.0.1", int(a.integer("hep")));
    if (bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) < 0) die("bind: %s", std::strerror(errno));
    int log = a.str("hep-log").empty()
                  ? -1
                  : open(a.str("hep-log").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool parse = a.flag("hep-parse");
    std::vector<char> space(kBatch * kSize);
    std::array<iovec, kBatch> iov;
    std::array<mmsghdr, kBatch> msgs{};
    for (unsigned i = 0; i < kBatch; ++i) {
        iov[i] = {space.data() + i * kSize, kSize};
        msgs[i].msg_hdr.msg_iov = &iov[i];
        msgs[i].msg_hdr.msg_iovlen = 1;
    }
    Map<Call> calls;
    std::string batch;
    for (;;) {
        int n = recvmmsg(fd, msgs.data(), kBatch, MSG_WAITFORONE, nullptr);
        if (n <= 0) continue;
        u64 bytes = 0, bad = 0;
        batch.clear();
        for (unsigned i = 0; i < unsigned(n); ++i) {
            sv d(space.data() + i * kSize, msgs[i].msg_len);
            bytes += d.size();
            if (log >= 0) batch.append(d);
            if (!parse) continue;
            Sip m;
            if (!parse_sip(hep_payload(d), m)) {
                ++bad;
                continue;
            }
            if (m.first.starts_with("INVITE "))
                calls.try_emplace(std::string(m.call_id));
            else if (auto it = calls.find(m.call_id); it != calls.end()) {
                if (m.first.starts_with("BYE "))
                    calls.erase(it);
                else
                    ++it->second.state;
            }
        }
        if (log >= 0 && write(log, batch.data(), batch.size()) < 0) die("log: %s", std::strerror(errno));
        hep_messages.fetch_add(u64(n), std::memory_order_relaxed);
        hep_bytes.fetch_add(bytes, std::memory_order_relaxed);
        hep_bad.fetch_add(bad, std::memory_order_relaxed);
        hep_calls.store(calls.size(), std::memory_order_relaxed);
    }
}

}  // namespace

int main(int argc, char** argv) {
    Args args(argc, argv,
              {{"port", "8080"},
               {"hep", "0"},
               {"hep-parse", "off"},
               {"hep-log", ""},
               {"fault", ""},
               {"fault-at", "1000"},
               {"uring", "off"}});
    if (args.integer("hep")) std::thread(hep_sink, std::cref(args)).detach();
    Hub hub(args);
    args.flag("uring") ? hub.run_uring() : hub.run();
}
