#include <fmt/format.h>
#include <simdjson.h>
#include <sys/socket.h>

#include <utility>

#include "app/demo_office.hpp"
#include "app/examination.hpp"
#include "app/http_stream.hpp"
#include "history/postgres_history.hpp"
#include "net/socket.hpp"
#include "net/tcp_stream.hpp"
#include "sources/asterisk/ami_session.hpp"
#include "sources/freeswitch/esl_session.hpp"

namespace callboard {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kConnectPatience{3'000};
constexpr milliseconds kSendPatience{3'000};
constexpr milliseconds kTick{50};
constexpr seconds kLoginPatience{12};  // more than the sessions' own, which say better what is missing
constexpr std::size_t kMostAnswer = 1 << 20;

Finding examine_port(const std::string& text, std::string_view address, int type, bool running) {
    const auto about = "port " + text;
    const auto parsed = parse_address(address);
    if (!parsed) return problem(about, parsed.error().what, "correct the address in the configuration");
    const auto bound = bound_socket(*parsed, type, false);
    if (bound && running)
        return warning(about, "is free, although callboard runs",
                       "restart callboard: it was started with another configuration");
    if (bound) return good(about, "is free");
    if (running) return good(about, "is held, as a running callboard does");
    return problem(about, "is not to be had", bound.error().what);
}

/// What a session tells besides whether it could log in is of no interest here.
class Nobody final : public ExchangeSink {
    void on_signal(const ExchangeSignal&) override {}
    void on_pause(Time) override {}
};

Error silent(std::string_view who) {
    return {Error::Kind::unavailable,
            fmt::format("{} does not finish the login within {} s", who, kLoginPatience.count())};
}

/// Connects and logs in with the code of the source itself, then goes away again.
Result<void> log_in(const Config::FreeswitchInput& input, const Clock& clock) {
    auto stream = TcpStream::connect(input.address, kConnectPatience, -1);
    if (!stream) return stream.error();
    Nobody nobody;
    FreeswitchSignals signals([](const ExchangeSignal&) {});
    const auto now = [&clock] { return EslSession::Now{clock.now(), clock.steady()}; };
    EslSession session(input.password, signals, nobody, now());
    EslReader reader;
    for (const auto end = clock.steady() + kLoginPatience; clock.steady() < end;) {
        const auto read = stream->read(kTick);
        reader.take(read.bytes);
        while (auto frame = reader.next()) session.on_frame(*std::move(frame), now());
        session.on_time(now());
        if (!session.why().empty()) return Error{Error::Kind::denied, session.why()};
        if (!reader.broken().empty()) return Error{Error::Kind::invalid, reader.broken()};
        if (session.state() == EslSession::State::listening) return {};
        if (read.outcome == TcpStream::Outcome::ended)
            return Error{Error::Kind::unavailable, "FreeSWITCH closed the connection"};
        if (auto sent = stream->send(session.take_output(), kSendPatience); !sent) return sent.error();
    }
    return silent("FreeSWITCH");
}

Result<void> log_in(const Config::AsteriskInput& input, const Clock& clock) {
    auto stream = TcpStream::connect(input.address, kConnectPatience, -1);
    if (!stream) return stream.error();
    AmiSession session({input.username, input.secret}, clock.steady());
    for (const auto end = clock.steady() + kLoginPatience; clock.steady() < end;) {
        session.on_time(clock.steady(), clock.now());
        if (auto sent = stream->send(session.take_output(), kSendPatience); !sent) return sent.error();
        const auto read = stream->read(kTick);
        session.take(read.bytes, clock.steady(), clock.now());
        if (session.failure()) return *session.failure();
        if (session.logged_in()) return {};
        if (read.outcome == TcpStream::Outcome::ended)
            return Error{Error::Kind::unavailable, "Asterisk closed the connection"};
    }
    return silent("Asterisk");
}

template <typename Input>
Finding examine_exchange(const Input& input, std::string_view kind, const Clock& clock) {
    const auto about = fmt::format("source {}", input.name);
    const auto done = log_in(input, clock);
    if (done) return good(about, fmt::format("logged in to {} at {}", kind, input.address));
    return problem(about, fmt::format("no login to {} at {}: {}", kind, input.address, done.error().what),
                   done.error().kind == Error::Kind::denied
                       ? "compare the secret with that of the exchange, and its list of hosts"
                       : "check that the exchange runs, and that this machine may connect to it");
}

/// The answer of a running server to `path`.
Result<std::string> answer_of(const std::string& address, std::string_view path) {
    auto server = ServerUrl::parse("http://" + browsable(address));
    if (!server) return server.error();
    auto stream = HttpStream::get(*server, path, {}, -1);
    if (!stream) return stream.error();
    std::string body;
    while (body.size() < kMostAnswer) {
        const auto read = stream->read(HttpStream::kPatience);
        body += read.bytes;
        if (read.outcome != HttpStream::Outcome::bytes) break;
    }
    return body;
}

/// What a server says of itself and its sources.
Findings read_readiness(std::string_view about, const std::string& json) {
    simdjson::dom::parser parser;
    simdjson::dom::element answer;
    std::string_view detail;
    bool ready = false;
    if (parser.parse(json).get(answer) != simdjson::SUCCESS ||
        answer["ready"].get_bool().get(ready) != simdjson::SUCCESS)
        return {problem(std::string(about), "what answers there is no callboard",
                        "look which program holds the port (ss -ltnp)")};
    Findings all;
    if (ready)
        all.push_back(good(std::string(about), "is ready"));
    else if (answer["journal"]["detail"].get_string().get(detail) == simdjson::SUCCESS)
        all.push_back(problem(std::string(about), "is not ready: " + std::string(detail), ""));
    simdjson::dom::array sources;
    if (answer["sources"].get_array().get(sources) != simdjson::SUCCESS) return all;
    for (const auto source : sources) {
        std::string_view name;
        bool up = false;
        if (source["name"].get_string().get(name) != simdjson::SUCCESS ||
            source["up"].get_bool().get(up) != simdjson::SUCCESS)
            continue;
        const auto of_server = fmt::format("source {} of the running server", name);
        detail = {};
        if (up)
            all.push_back(good(of_server, "is up"));
        else if (source["detail"].get_string().get(detail) == simdjson::SUCCESS || detail.empty())
            all.push_back(warning(of_server, fmt::format("is down: {}", detail),
                                  "see what is said of the source above"));
    }
    return all;
}

}  // namespace

Findings examine_ports(const Config& config, bool running) {
    Findings all;
    for (const auto& address : config.http.listen)
        all.push_back(examine_port(address, address, SOCK_STREAM, running));
    for (const auto& input : config.hep_inputs) {
        const std::string_view address = std::string_view(input.listen).substr(4);  // behind `udp:`, `tcp:`
        all.push_back(examine_port(input.listen, address,
                                   input.listen.starts_with("udp:") ? SOCK_DGRAM : SOCK_STREAM, running));
    }
    return all;
}

Findings examine_exchanges(const Config& config, const Clock& clock) {
    Findings all;
    for (const auto& input : config.freeswitch_inputs)
        all.push_back(examine_exchange(input, "FreeSWITCH", clock));
    for (const auto& input : config.asterisk_inputs)
        all.push_back(examine_exchange(input, "Asterisk", clock));
    return all;
}

Findings examine_history(const Config& config) {
    if (config.history.url.empty()) return {};
    const std::string about = "history";
    const auto reader = PostgresHistory(config.history.url).reader();
    const auto found = reader ? (*reader)->find(Time{}) : reader.error();
    if (found) return {good(about, "is in a database that can be read")};
    return {problem(
        about, found.error().what,
        "see that the database runs and lets callboard's user in (history.url), then run this again")};
}

Findings examine_readiness(const Config& config) {
    if (config.http.listen.empty() || !config.http.tls_certificate.empty()) return {};
    const auto about = "server at " + config.http.listen.front();
    const auto answer = answer_of(config.http.listen.front(), "/readyz");
    if (!answer)
        return {problem(about, "does not answer: " + answer.error().what,
                        "look at its log (journalctl -u callboard)")};
    return read_readiness(about, *answer);
}

}  // namespace callboard
