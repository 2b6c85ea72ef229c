// pollload - one-thread load generator and delivery checker for event hubs.
//
// Opens N subscribers over T tokens, publishes stamped and numbered events, and checks that every
// subscriber of a token gets each of its events once and in order. Prints one JSON line; exits 1 when
// an event was lost, duplicated, reordered or misrouted, or when a request failed.
//
//   --proto ovh    long-poll GET <sub-path>[&session=<Session of the last answer>]
//           nchan  long-poll with If-Modified-Since / If-None-Match of the last answer
//           ws sse WebSocket, Server-Sent Events
//   publisher: HTTP POST <pub-path>, at most --pipeline unanswered per connection
//   --window W     at most W events of one token not yet seen by all its subscribers
//   --rate 0       as fast as windows and connections allow; otherwise events/s on a fixed timetable,
//                  and latency counts from the time an event was due (no coordinated omission)
// --spin polls without sleeping, so that no sender pays for waking this process; "gen_cpu" is then the
// share of time in which there was something to do.
// --epoll instead of io_uring, which takes about half the CPU time here.
// --session-path P makes a session for every subscriber with POST P, answered {"id":..}, and has it subscribe
// with POST --subscribe-path; --sub-path may then hold {session}.
// --tokens-file has a token a line, and behind a tab the {service} whose events it reads.
// Paths and body may hold {token} and {service}, the body {mark}; {mark} becomes ~B<token>.<sequence>.<ns>~
// and must come back unchanged in whatever the server delivers.
#include <sys/epoll.h>
#include <sys/prctl.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <unordered_set>

#include "http_reply.hpp"
#include "uring.hpp"
#include "websocket_frames.hpp"

using namespace bench;

namespace {

enum class Proto { ovh, nchan, ws, sse };

struct Sub {
    int fd = -1;
    u32 token = 0;
    bool ready = false;   // handshake done (streams) or first request sent (long-poll)
    u64 next = 1;         // sequence number expected next
    std::string in;       // bytes of an incomplete message
    std::string cursor;   // ovh: session; nchan: conditional headers
    std::string session;  // of version 2, when --session-path makes one for each
};

struct Pub {
    int fd = -1;
    u64 unanswered = 0;
    std::size_t at = 0;  // rotates over the tokens pinned to this connection
    std::string in, out;
    std::deque<std::pair<u32, u64>> due;  // paced mode: token, due time
};

struct Token {
    std::string name, service;
    u32 subs = 0;
    u64 published = 0, done = 0;  // done: every subscriber has all events up to here
    std::vector<u32> waiting;     // ring of W: deliveries still missing, by sequence number
};

std::string replaced(std::string s, sv from, sv to) {
    for (std::size_t at = 0; (at = s.find(from, at)) != std::string::npos; at += to.size())
        s.replace(at, from.size(), to);
    return s;
}

class Load {
  public:
    explicit Load(const Args& a)
        : a_(a), url_(parse_url(a.str("url"))), to_(addr4(url_.host, url_.port)), pids_(a.pids()) {
        static const std::map<std::string, Proto> protos{
            {"ovh", Proto::ovh}, {"nchan", Proto::nchan}, {"ws", Proto::ws}, {"sse", Proto::sse}};
        auto p = protos.find(a.str("proto"));
        if (p == protos.end()) die("unknown --proto");
        proto_ = p->second;
        window_ = u64(a.integer("window"));
        pipeline_ = u64(a.integer("pipeline"));
        rate_ = a.num("rate");
        count_ = u64(a.integer("count"));
        tokens_.resize(std::size_t(a.integer("tokens")));
        for (std::size_t i = 0; i < tokens_.size(); ++i)
            tokens_[i].name = a.str("prefix") + std::to_string(i);
        if (!a.str("tokens-file").empty()) read_tokens(slurp(a.str("tokens-file")));
        for (auto& token : tokens_) token.waiting.assign(window_, 0);
        subs_.resize(std::size_t(a.integer("subs")));
        pubs_.resize(std::min(std::size_t(a.integer("pubs")), tokens_.size()));
        body_ = a.str("body-file").empty() ? default_body(std::size_t(a.integer("size")))
                                           : slurp(a.str("body-file"));
        if (a.flag("epoll"))
            ep_ = epoll_create1(EPOLL_CLOEXEC);
        else
            (ring_ = std::make_unique<Ring>())->open();
        prctl(PR_SET_TIMERSLACK, 1);
    }

    int run() {
        rss_before_ = rss_kb(pids_), pss_before_ = pss_kb(pids_);
        slab_before_ = proc_kb("/proc/meminfo", "Slab");
        u64 t = now_ns();
        connect_all();
        connect_s_ = double(now_ns() - t) / 1e9;
        pump_for(a_.num("settle"));
        rss_after_ = rss_kb(pids_), pss_after_ = pss_kb(pids_);
        slab_after_ = proc_kb("/proc/meminfo", "Slab");
        if (double idle = a_.num("idle"); idle > 0) {
            u64 c0 = cpu_ns(pids_);
            pump_for(idle);
            idle_cpu_ = double(cpu_ns(pids_) - c0) / (idle * 1e9);
            rss_after_ = rss_kb(pids_), pss_after_ = pss_kb(pids_);
        }
        publish_from_ = now_ns();
        publishing_ = true;
        pump_for(a_.num("warmup"));
        begin_measure();
        pump_for(a_.num("duration"));
        end_measure();
        publishing_ = false;
        for (u64 end = now_ns() + 10'000'000'000u; outstanding_ && now_ns() < end && !stalled();)
            step(20'000'000);
        pump_for(0.1);  // late duplicates
        return report();
    }

  private:
    void read_tokens(sv file) {
        for (auto& token : tokens_) {
            std::size_t end = file.find('\n');
            if (end == sv::npos) die("--tokens-file is too short");
            sv line = file.substr(0, end), tab = line.substr(std::min(line.find('\t'), line.size()));
            token.name = line.substr(0, line.size() - tab.size());
            token.service = tab.substr(std::min<std::size_t>(1, tab.size()));
            file.remove_prefix(end + 1);
        }
    }

    static constexpr u64 kPubTag = u64(1) << 32, kSendTag = u64(1) << 33;

    std::string default_body(std::size_t size) const {
        std::string b =
            R"({"Event":"start_ringing","Resource":"{token}","EventDatetime":"2026-11-22T21:23:15.123456+01:00",)"
            R"("Data":{"CallId":"{mark}","Type":"incoming","Calling":"0033972101007","Called":"0033972101008","Dialed":"0033972101008","Pad":"@"}})";
        std::size_t base = b.size() + 34;  // {mark} and {token} grow by about that much
        return replaced(b, "@", std::string(size > base ? size - base : 1, 'x'));
    }

    // ---- sockets -------------------------------------------------------------------------------
    void watch(int fd, u64 tag) {
        if (ring_) return ring_->receive(fd, tag);
        epoll_event ev{};
        ev.events = EPOLLIN;
        ev.data.u64 = tag;
        if (epoll_ctl(ep_, EPOLL_CTL_ADD, fd, &ev) < 0) die("epoll_ctl: %s", std::strerror(errno));
    }

    void push(int fd, sv data) {
        if (ring_) return ring_->send(fd, ring_->keep(data), kSendTag);
        ssize_t n = send(fd, data.data(), data.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n != ssize_t(data.size())) ++send_errors_;
    }

    void connect_all() {
        const u32 sources = u32(a_.integer("sources"));
        for (auto& p : pubs_) {
            p.fd = dial(to_);
            watch(p.fd, kPubTag | u64(&p - pubs_.data()));
            p.at = std::size_t(&p - pubs_.data());
        }
        for (std::size_t i = 0; i < subs_.size(); ++i) {
            subs_[i].token = u32(i % tokens_.size());
            ++tokens_[subs_[i].token].subs;
        }
        if (!a_.str("session-path").empty()) make_sessions();
        for (std::size_t i = 0; i < subs_.size(); ++i) {
            Sub& s = subs_[i];
            s.fd = dial(to_, sources ? 0x7f000002u + u32(i % sources) : 0);
            watch(s.fd, i);
            hello(s);
            if (i % 64 == 63) step(0);
        }
        for (u64 end = now_ns() + 30'000'000'000u;
             std::any_of(subs_.begin(), subs_.end(), [](const Sub& s) { return !s.ready; }); step(50'000'000))
            if (now_ns() > end) die("subscribers not ready after 30 s");
    }

    static std::string named(const std::string& s, const Token& token) {
        return replaced(replaced(s, "{token}", token.name), "{service}", token.service);
    }
    std::string expand(const std::string& s, const Sub& sub) const {
        return replaced(named(s, tokens_[sub.token]), "{session}", sub.session);
    }

    // A session for every subscriber, which then subscribes its token: version 2 of the event service. One
    // connection, one request at a time, before anything is measured.
    void make_sessions() {
        const int fd = dial(to_, 0, false);
        for (auto& s : subs_) {
            std::string made = http_post(fd, url_.host, a_.str("session-path"));
            std::size_t id = made.find("\"id\":");
            if (id == std::string::npos) die("no id of a session in: %.300s", made.c_str());
            sv v = sv(made).substr(id + 5);
            v.remove_prefix(std::min(v.find_first_not_of(" \""), v.size()));
            s.session = v.substr(0, v.find_first_of("\",} "));
            http_post(fd, url_.host, expand(a_.str("subscribe-path"), s));
        }
        close(fd);
    }

    void hello(Sub& s) {
        switch (proto_) {
            case Proto::ovh:
            case Proto::nchan:
                s.ready = true;
                return poll(s);
            case Proto::ws:
                return push(s.fd,
                            "GET " + expand(a_.str("sub-path"), s) + " HTTP/1.1\r\nHost: " + url_.host +
                                "\r\n" + extra("sub-header") +
                                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
            case Proto::sse:
                return push(s.fd, "GET " + expand(a_.str("sub-path"), s) + " HTTP/1.1\r\nHost: " + url_.host +
                                      "\r\n" + extra("sub-header") + "Accept: text/event-stream\r\n\r\n");
        }
    }

    std::string extra(const std::string& k) const { return a_.str(k).empty() ? "" : a_.str(k) + "\r\n"; }

    void poll(Sub& s) {
        request_.clear();
        request_ += "GET ";
        for (sv t = a_.str("sub-path"); !t.empty();) {
            std::size_t p = t.find("{token}");
            request_ += t.substr(0, p);
            if (p == sv::npos) break;
            request_ += tokens_[s.token].name;
            t.remove_prefix(p + 7);
        }
        if (proto_ == Proto::ovh && !s.cursor.empty()) (request_ += "&session=") += s.cursor;
        ((request_ += " HTTP/1.1\r\nHost: ") += url_.host) += "\r\nAccept: application/json\r\n";
        request_ += sub_header_;
        if (proto_ == Proto::nchan) request_ += s.cursor;
        request_ += "\r\n";
        push(s.fd, request_);
    }

    // ---- subscribers ---------------------------------------------------------------------------
    // Something came for the connection with this tag; empty data: the connection ended.
    void on_data(u64 tag, sv data) {
        if (tag & kPubTag)
            return data.empty() ? die("publisher connection lost") : on_pub(pubs_[tag & 0xffffffffu], data);
        Sub& s = subs_[tag];
        if (data.empty()) return drop(s);
        u64 now = now_ns();
        sv view = s.in.empty() ? data : sv(s.in.append(data));
        std::size_t used = consume(s, view, now);
        if (s.in.empty())
            s.in.assign(view.substr(used));
        else
            s.in.erase(0, used);
    }

    void drop(Sub& s) {
        ++disconnects_;
        if (s.fd >= 0) close(s.fd);
        s.fd = -1;
        s.ready = true;
    }

    std::size_t consume(Sub& s, sv in, u64 now) {
        std::size_t at = 0;
        if (proto_ == Proto::ovh || proto_ == Proto::nchan) {
            for (Reply r; (r = parse_reply(in.substr(at))).length; at += r.length) {
                ++responses_;
                if (r.status == 200)
                    remember(s, r);
                else
                    ++http_errors_;
                scan(s, r.body, now);
                poll(s);
            }
            return at;
        }
        if (!s.ready) {
            at = handshake_end(in);
            if (!at) return 0;
            s.ready = true;
        }
        if (proto_ == Proto::ws) return at + frames(s, in.substr(at), now);
        return at + scan(s, in.substr(at), now);
    }

    // Length of the server's handshake, 0 while incomplete.
    std::size_t handshake_end(sv in) {
        auto after = [&](sv mark) {
            std::size_t p = in.find(mark);
            return p == sv::npos ? 0 : p + mark.size();
        };
        std::size_t end = after("\r\n\r\n");
        if (!end) return 0;
        if (proto_ == Proto::ws
                ? in.substr(9, 3) != "101" || in.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == sv::npos
                : in.substr(9, 3) != "200")
            die("handshake refused: %.*s", int(end), in.data());
        return end;
    }

    void remember(Sub& s, const Reply& r) {
        if (proto_ == Proto::nchan) {
            s.cursor.assign("If-Modified-Since: ").append(header(r.head, "last-modified"));
            s.cursor.append("\r\nIf-None-Match: ").append(header(r.head, "etag")).append("\r\n");
        } else if (std::size_t p = r.body.find("\"Session\":"); p != sv::npos) {
            sv v = r.body.substr(p + 10);
            v.remove_prefix(std::min(v.find_first_not_of(" \""), v.size()));
            s.cursor.assign(v.substr(0, v.find_first_of("\",} ")));
        }
    }

    std::size_t frames(Sub& s, sv in, u64 now) {
        return take_frames(in, [&](u64 opcode, sv payload) {
            switch (opcode) {
                case 8:
                    ++http_errors_;
                    break;
                case 9:
                    push(s.fd, pong_to(payload));
                    break;
                case 10:
                    break;
                default:
                    ++responses_;
                    scan(s, payload, now);
            }
        });
    }

    // Finds the marks in delivered text; returns how much of it is done with (a cut mark stays).
    std::size_t scan(Sub& s, sv in, u64 now) {
        std::size_t at = 0;
        for (;;) {
            std::size_t p = in.find("~B", at);
            if (p == sv::npos) return in.size() - (!in.empty() && in.back() == '~' && at < in.size() ? 1 : 0);
            std::size_t end = in.find('~', p + 2);
            if (end == sv::npos) return p;
            char* q;
            u64 token = std::strtoull(in.data() + p + 2, &q, 10);
            u64 seq = std::strtoull(q + 1, &q, 10);
            u64 stamp = std::strtoull(q + 1, &q, 10);
            event(s, token, seq, stamp, now);
            at = end + 1;
        }
    }

    void event(Sub& s, u64 token, u64 seq, u64 stamp, u64 now) {
        if (token != s.token) {
            ++misrouted_;
            return;
        }
        u64 key = u64(&s - subs_.data()) << 32;
        if (seq == s.next) {
            ++s.next;
        } else if (seq > s.next) {
            while (s.next < seq) missing_.insert(key | s.next++);
            ++s.next;
        } else if (missing_.erase(key | seq)) {
            ++reordered_;
        } else {
            ++duplicated_;
            return;
        }
        ++delivered_;
        last_progress_ = now;
        if (measuring_) latency_.add(now > stamp ? now - stamp : 0);
        Token& t = tokens_[s.token];
        if (seq <= t.done) return;
        --t.waiting[seq % window_];
        while (t.done < t.published && t.waiting[(t.done + 1) % window_] == 0) ++t.done, --outstanding_;
    }

    // ---- publisher -----------------------------------------------------------------------------
    bool open(const Token& t) const { return t.published - t.done < window_; }

    void publish(Pub& p, u32 index, u64 stamp) {
        Token& t = tokens_[index];
        u64 seq = ++t.published;
        t.waiting[seq % window_] = t.subs;
        if (t.subs)
            ++outstanding_;
        else
            t.done = seq;
        ++published_;
        if (outstanding_ == 1) last_progress_ = now_ns();
        char mark[64];
        std::snprintf(mark, sizeof mark, "~B%u.%llu.%llu~", index, static_cast<unsigned long long>(seq),
                      static_cast<unsigned long long>(stamp));
        std::string body = replaced(named(body_, t), "{mark}", mark);
        ++p.unanswered;
        p.out += "POST " + named(a_.str("pub-path"), t) + " HTTP/1.1\r\nHost: " + url_.host + "\r\n" +
                 extra("pub-header") +
                 "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
                 "\r\n\r\n" + body;
    }

    void on_pub(Pub& p, sv data) {
        p.in.append(data);
        std::size_t used = 0;
        for (std::size_t len; used < p.in.size() && (len = answer(sv(p.in).substr(used), p)); used += len) {
        }
        p.in.erase(0, used);
    }

    // Takes one answer to a publish from the front of `in`; returns its length, 0 while incomplete.
    std::size_t answer(sv in, Pub& p) {
        Reply r = parse_reply(in);
        if (!r.length) return 0;
        if (r.status < 200 || r.status > 299)
            if (!http_errors_++) std::fprintf(stderr, "publish answered: %.300s\n", p.in.c_str());
        --p.unanswered;
        return r.length;
    }

    void pump_publishers(u64 now) {
        if (!publishing_) return;
        if (rate_ > 0) {
            for (u64 due; (due = publish_from_ + u64(double(timetable_) * 1e9 / rate_)) <= now;
                 ++timetable_) {
                u32 t = u32(timetable_ % tokens_.size());
                pubs_[t % pubs_.size()].due.emplace_back(t, due);
                ++backlog_;
            }
            backlog_max_ = std::max(backlog_max_, backlog_);
        }
        for (auto& p : pubs_) {
            while (p.unanswered < pipeline_ && publish_next(p)) {
            }
            if (p.out.empty()) continue;
            push(p.fd, p.out);
            p.out.clear();
        }
    }

    bool publish_next(Pub& p) {
        if (count_ && published_ >= count_) return false;
        if (rate_ > 0) {
            if (p.due.empty() || !open(tokens_[p.due.front().first])) return false;
            auto [t, due] = p.due.front();
            p.due.pop_front();
            --backlog_;
            publish(p, t, due);
            return true;
        }
        std::size_t first = std::size_t(&p - pubs_.data());
        for (std::size_t tried = 0; tried < tokens_.size(); tried += pubs_.size()) {
            u32 t = u32(p.at);
            if ((p.at += pubs_.size()) >= tokens_.size()) p.at = first;
            if (!open(tokens_[t])) continue;
            publish(p, t, now_ns());
            return true;
        }
        return false;
    }

    // ---- loop ----------------------------------------------------------------------------------
    void step(u64 max_wait_ns) {
        u64 now = now_ns();
        pump_publishers(now);
        u64 wait = a_.flag("spin") ? 0 : max_wait_ns;
        if (publishing_ && rate_ > 0) {
            u64 due = publish_from_ + u64(double(timetable_) * 1e9 / rate_);
            wait = std::min(wait, due > now ? due - now : 0);
        }
        idle_ns_ += ring_ ? turn_ring(wait) : turn_epoll(wait);
        if (stalled()) forgive();
    }

    u64 turn_ring(u64 wait) {
        return ring_->turn(wait, [&](const Ring::Event& e) {
            if (e.tag & kSendTag) {
                ++send_errors_;
                return;
            }
            if (!e.data.empty() || e.res == 0 || (e.res < 0 && e.res != -ENOBUFS)) on_data(e.tag, e.data);
            int fd = e.tag & kPubTag ? pubs_[e.tag & 0xffffffffu].fd : subs_[e.tag].fd;
            if (!e.more && fd >= 0) ring_->receive(fd, e.tag);
        });
    }

    u64 turn_epoll(u64 wait) {
        timespec ts{time_t(wait / 1'000'000'000u), long(wait % 1'000'000'000u)};
        u64 t0 = now_ns();
        int n = epoll_pwait2(ep_, events_.data(), int(events_.size()), &ts, nullptr);
        u64 took = now_ns() - t0;
        for (int i = 0; i < n; ++i) {
            u64 tag = events_[std::size_t(i)].data.u64;
            int fd = tag & kPubTag ? pubs_[tag & 0xffffffffu].fd : subs_[tag].fd;
            ssize_t got = recv(fd, buf_.data(), buf_.size(), 0);
            if (got >= 0 || (errno != EAGAIN && errno != EINTR))
                on_data(tag, sv(buf_.data(), std::size_t(std::max<ssize_t>(got, 0))));
        }
        return n <= 0 || took > 5000 ? took : 0;
    }

    void pump_for(double seconds) {
        u64 end = now_ns() + u64(seconds * 1e9);
        for (u64 now; (now = now_ns()) < end;) {
            step(std::min<u64>(end - now, 20'000'000));
            if (publishing_ && count_ && published_ >= count_ && !outstanding_) break;
        }
    }

    bool stalled() const { return outstanding_ && now_ns() - last_progress_ > 1'000'000'000u; }

    // Nothing was delivered for a second: whatever is outstanding counts as lost, publishing goes on.
    void forgive() {
        ++stalls_;
        for (auto& t : tokens_) t.done = t.published, std::fill(t.waiting.begin(), t.waiting.end(), 0);
        outstanding_ = 0;
    }

    struct Snapshot {
        u64 ns, cpu, server_cpu, delivered, published, responses, idle;
    };
    Snapshot snapshot() const {
        return {now_ns(), own_cpu_ns(), cpu_ns(pids_), delivered_, published_, responses_, idle_ns_};
    }
    void begin_measure() { from_ = snapshot(), measuring_ = true; }
    void end_measure() { till_ = snapshot(), measuring_ = false; }

    int report() {
        u64 lost = missing_.size();
        for (const auto& s : subs_) lost += tokens_[s.token].published + 1 - s.next;
        double wall = double(till_.ns - from_.ns) / 1e9;
        u64 got = till_.delivered - from_.delivered;
        double server = double(till_.server_cpu - from_.server_cpu);
        bool ok = !lost && !duplicated_ && !reordered_ && !misrouted_ && !http_errors_ && !disconnects_ &&
                  !send_errors_ && published_;
        JsonLine j;
        j.str("name", a_.str("name"))
            .str("proto", a_.str("proto"))
            .num("subs", u64(subs_.size()))
            .num("tokens", u64(tokens_.size()));
        j.num("window", window_)
            .num("pubs", u64(pubs_.size()))
            .num("pipeline", pipeline_)
            .num("rate", rate_, 0)
            .num("wall_s", wall);
        j.num("events_per_s", double(till_.published - from_.published) / wall, 1)
            .num("deliveries_per_s", double(got) / wall, 1);
        j.num("messages_per_s", double(till_.responses - from_.responses) / wall, 1);
        auto us = [](double ns) { return ns / 1000; };
        j.num("p50_us", us(double(latency_.quantile(.5))), 1)
            .num("p99_us", us(double(latency_.quantile(.99))), 1);
        j.num("p999_us", us(double(latency_.quantile(.999))), 1)
            .num("max_us", us(double(latency_.max())), 1)
            .num("mean_us", us(latency_.mean()), 1);
        j.num("published", published_)
            .num("delivered", delivered_)
            .num("lost", lost)
            .num("duplicated", duplicated_)
            .num("reordered", reordered_);
        j.num("misrouted", misrouted_)
            .num("http_errors", http_errors_)
            .num("disconnects", disconnects_)
            .num("send_errors", send_errors_);
        j.num("stalls", stalls_).num("backlog_max", backlog_max_);
        j.num("gen_cpu", a_.flag("spin") ? 1 - double(till_.idle - from_.idle) / 1e9 / wall
                                         : double(till_.cpu - from_.cpu) / 1e9 / wall);
        if (!pids_.empty()) {
            j.num("server_cpu", server / 1e9 / wall)
                .num("server_us_per_delivery", got ? server / 1000 / double(got) : 0);
            j.num("rss_before_kb", rss_before_).num("rss_kb", rss_after_);
            double n = double(subs_.size());
            j.num("rss_bytes_per_sub", (double(rss_after_) - double(rss_before_)) * 1024 / n, 0);
            j.num("pss_bytes_per_sub", (double(pss_after_) - double(pss_before_)) * 1024 / n, 0);
            j.num("kernel_bytes_per_sub_both_ends", (double(slab_after_) - double(slab_before_)) * 1024 / n,
                  0);
            if (a_.num("idle") > 0) j.num("idle_server_cpu", idle_cpu_, 5);
        }
        j.num("connect_s", connect_s_).str("ok", ok ? "yes" : "NO").print();
        return ok ? 0 : 1;
    }

    const Args& a_;
    Url url_;
    sockaddr_in to_;
    std::vector<int> pids_;
    Proto proto_{};
    u64 window_ = 1, pipeline_ = 1, count_ = 0;
    double rate_ = 0;
    std::string body_, request_, sub_header_ = extra("sub-header");
    std::vector<Token> tokens_;
    std::vector<Sub> subs_;
    std::vector<Pub> pubs_;
    std::vector<char> buf_ = std::vector<char>(1 << 18);
    std::vector<epoll_event> events_ = std::vector<epoll_event>(512);
    int ep_ = -1;
    std::unique_ptr<Ring> ring_;
    bool publishing_ = false, measuring_ = false;
    u64 publish_from_ = 0, timetable_ = 0, backlog_ = 0, backlog_max_ = 0;
    u64 outstanding_ = 0, last_progress_ = 0, idle_ns_ = 0;
    u64 published_ = 0, delivered_ = 0, responses_ = 0;
    u64 duplicated_ = 0, reordered_ = 0, misrouted_ = 0, http_errors_ = 0, disconnects_ = 0, send_errors_ = 0,
        stalls_ = 0;
    std::unordered_set<u64> missing_;
    Histogram latency_;
    Snapshot from_{}, till_{};
    u64 rss_before_ = 0, rss_after_ = 0, pss_before_ = 0, pss_after_ = 0, slab_before_ = 0, slab_after_ = 0;
    double connect_s_ = 0, idle_cpu_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    Args args(argc, argv,
              {{"name", ""},
               {"url", "http://127.0.0.1:8080"},
               {"proto", "ovh"},
               {"subs", "1000"},
               {"tokens", "1"},
               {"tokens-file", ""},
               {"prefix", "t"},
               {"session-path", ""},
               {"subscribe-path", "/v2/session/{session}/subscribe/{token}"},
               {"sub-path", "/?token={token}"},
               {"pub-path", "/pub?token={token}"},
               {"sub-header", ""},
               {"pub-header", ""},
               {"body-file", ""},
               {"size", "320"},
               {"pubs", "1"},
               {"pipeline", "1"},
               {"window", "1"},
               {"rate", "0"},
               {"count", "0"},
               {"duration", "5"},
               {"warmup", "1"},
               {"settle", "0.5"},
               {"idle", "0"},
               {"sources", "4"},
               {"spin", "off"},
               {"epoll", "off"},
               {"pid", ""}});
    return Load(args).run();
}
