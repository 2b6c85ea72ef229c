#include <algorithm>
#include <random>

#include "app/commands.hpp"
#include "app/event_line.hpp"
#include "app/failure.hpp"
#include "app/http_stream.hpp"
#include "app/signals.hpp"
#include "app/stream_messages.hpp"
#include "base/backoff.hpp"

namespace callboard {
namespace {

constexpr std::chrono::seconds kLongestSilence{45};  // three heartbeats

/// Follows one stream over as many connections as it takes.
class Watch {
  public:
    Watch(ServerUrl server, std::string token, bool json)
        : server_(std::move(server)), token_(std::move(token)), json_(json) {}

    int run() {
        for (;;) {
            const auto code = follow();
            if (code) return *code;
            const auto wait = backoff_.next(std::uniform_real_distribution<>(0, 1)(random_));
            if (signals_.wait(wait)) return kDone;
        }
    }

  private:
    /// One connection, to its end. The exit code when that is also the end of the program.
    std::optional<int> follow() {
        HttpStream::Headers headers = {{"Authorization", "Bearer " + token_},
                                       {"Accept", "text/event-stream"}};
        if (!messages_.last_id().empty()) headers.emplace_back("Last-Event-ID", messages_.last_id());
        auto stream = HttpStream::get(server_, "/api/events", headers, signals_.descriptor());
        if (!stream) {
            if (signals_.wait(std::chrono::milliseconds(0))) return kDone;
            const auto kind = stream.error().kind;
            const bool wrong = kind == Error::Kind::invalid || kind == Error::Kind::denied;
            if (!connected_) return fail(wrong ? kWrongUse : kNotStarted, stream.error().what);
            return say(stream.error().what), std::nullopt;
        }
        if (const auto refused = refusal(stream->status())) return refused;
        if (stream->status() != 200)
            return say(fmt::format("the server answers {}; trying again", stream->status())), std::nullopt;
        connected_ = true;
        messages_.restart();
        return read(*stream);
    }

    std::optional<int> read(HttpStream& stream) {
        for (;;) {
            auto part = stream.read(kLongestSilence);
            if (part.outcome == HttpStream::Outcome::interrupted) return kDone;
            if (part.outcome != HttpStream::Outcome::bytes) break;
            const auto fed =
                messages_.feed(part.bytes, [this](const StreamMessage& message) { show(message); });
            if (!fed) return fail(kNotStarted, fed.error().what);
            // Whoever read our output has gone: nothing is left to do.
            if (std::fflush(stdout) != 0) return kDone;
            if (!messages_.last_id().empty()) backoff_.reset();
        }
        say("the connection ended; trying again");
        return std::nullopt;
    }

    std::optional<int> refusal(int status) const {
        if (status == 401 || status == 403)
            return fail(kWrongUse, token_.empty()
                                       ? "a token is needed; give it with --token"
                                       : "the token is wrong, revoked or expired; make one with `callboard "
                                         "token create`");
        if (status >= 400 && status < 500 && status != 408 && status != 429)
            return fail(kWrongUse,
                        fmt::format("http://{}{}/api/events answers {}; is this the address of a Callboard?",
                                    server_.address, server_.path, status));
        return std::nullopt;
    }

    void show(const StreamMessage& message) {
        if (message.event == "gap" || message.event == "end") return say(notice_text(message.data));
        if (json_) return print(message.data);
        const auto line = event_line(message.data, local_time);
        if (line)
            print(*line);
        else
            say(line.error().what);
    }

    /// What cannot be written shows at the flush.
    static void print(const std::string& line) {
        std::fwrite(line.data(), 1, line.size(), stdout);
        std::fputc('\n', stdout);
    }

    const ServerUrl server_;
    const std::string token_;
    const bool json_;
    const Signals signals_;
    StreamMessages messages_;
    Backoff backoff_;
    std::minstd_rand random_{std::random_device{}()};
    bool connected_ = false;
};

}  // namespace

int watch(const WatchOptions& options) {
    auto server = ServerUrl::parse(options.url);
    if (!server) return fail(kWrongUse, server.error().what);
    server->authorities = options.authorities;
    const std::string token = options.token.empty() ? server->token : options.token;
    if (std::any_of(token.begin(), token.end(), [](char c) { return c <= ' ' || c > '~'; }))
        return fail(kWrongUse, "--token: a token has no blanks and no line breaks in it");
    return Watch(*std::move(server), token, options.json).run();
}

}  // namespace callboard
