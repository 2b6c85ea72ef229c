#include "delivery/websocket/socket.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "delivery/refusal.hpp"
#include "delivery/session/session_answers.hpp"
#include "delivery/websocket/messages.hpp"

namespace callboard {
namespace {

using websocket::Opcode;
namespace close_code = websocket::close_code;

constexpr std::uint8_t kMostUnanswered = 2;
/// Bytes that a client leaves unread before its pings are not answered any more.
constexpr std::size_t kMostBeforePong = 64 << 10;

SharedBytes shared(std::string bytes) { return std::make_shared<const std::string>(std::move(bytes)); }

std::string line(std::string_view text) { return std::string(text).append(1, '\n'); }

}  // namespace

Socket::Socket(LiveSessions& live, Owner& owner, const WebSocket::Settings& settings, Exchange exchange,
               std::string_view peer, bool compressed)
    : SessionReader(live, live.reactor(), compressed ? Transport::compressed_websocket : Transport::websocket,
                    peer),
      owner_(owner),
      settings_(settings),
      exchange_(std::move(exchange)),
      reader_(websocket::FrameReader::Sender::client, settings.most_message, compressed) {}

void Socket::begin(std::string_view id) {
    const auto self = std::static_pointer_cast<Socket>(shared_from_this());
    if (live().stopping()) return stop();
    if (live().attach(id, self)) return;
    std::string text;
    append_frame(text, Opcode::text, line(session::kNotFound));
    write(std::move(text));
    close(close_code::session_not_found, session::kNotFound);
}

void Socket::received(std::string_view bytes) {
    const auto self = shared_from_this();
    unanswered_ = 0;
    reader_.feed(bytes);
    while (!ended_) {
        const auto message = reader_.next();
        if (!message) break;
        take(*message);
    }
    if (!ended_ && reader_.failure() != 0) {
        // Nothing that it says can be understood any more, a close frame neither.
        close(reader_.failure(), "");
        finish();
    }
}

void Socket::take(const websocket::FrameReader::Message& message) {
    switch (message.opcode) {
        case Opcode::ping: {
            // Who asks without reading is not answered: RFC 6455 §5.5.3 lets pongs be left out.
            if (closing_ || exchange_->backlog() > kMostBeforePong) return;
            std::string pong;
            append_frame(pong, Opcode::pong, message.payload);
            return write(std::move(pong));
        }
        case Opcode::pong:
            return on_pong(message.payload);
        case Opcode::close:
            return on_close(message.payload);
        case Opcode::text:
        case Opcode::binary:
        case Opcode::continuation:
            return;  // no message of a client means anything
    }
}

void Socket::on_pong(std::string_view payload) {
    // A pong that answers no ping of ours acknowledges nothing.
    if (const auto place = websocket::acknowledged(payload); place && *place <= asked_)
        live().sessions().acknowledge(*this, *place, gap_told_at_ && *place >= *gap_told_at_);
}

void Socket::on_close(std::string_view payload) {
    const auto code = websocket::close_of(payload).code;
    close(code == websocket::Close{}.code ? close_code::normal : code, "");
    finish();
}

void Socket::ask(const SharedBytes& ping) {
    to_be_asked_ = false;
    if (closing_) return;
    asked_ = std::max(asked_, written());
    exchange_->write(ping);
}

void Socket::probe(const SharedBytes& ping) {
    if (closing_) return;
    const auto self = shared_from_this();
    if (unanswered_ >= kMostUnanswered) {
        exchange_->abort();
        return lost();
    }
    // While it leaves something unread, the connection's own deadline watches it.
    if (exchange_->backlog() == 0) ++unanswered_;
    ask(ping);
}

SharedBytes Socket::bytes(std::span<const Told> all) const {
    std::string out;
    for (const Told& one : all) websocket::append_event(out, one, compressed());
    return shared(std::move(out));
}

bool Socket::deliver(const SharedBytes& bytes, Sequence) {
    exchange_->write(bytes);
    if (!ended_) ask_later();
    return !ended_;
}

void Socket::ask_later() {
    if (!std::exchange(to_be_asked_, true)) owner_.wrote(*this);
}

bool Socket::deliver_found(std::span<const Told> all, Sequence through, std::string_view gap) {
    if (!gap.empty()) {
        // The pong, not the close, moves the session behind what is gone: who has not seen it is told again.
        const Sequence behind = all.empty() ? through : all.front().event->record.sequence - 1;
        std::string ping;
        websocket::append_ping(ping, behind);
        asked_ = std::max(asked_, behind);
        gap_told_at_ = behind;
        write(std::move(ping));
        close(close_code::events_gone, gap);
        return false;
    }
    if (!all.empty()) {
        asked_ = std::max(asked_, all.back().event->record.sequence);
        write(websocket::events_with_pings(all, compressed()));
    }
    if (!ended_) ask_later();
    return !ended_;
}

bool Socket::falls_behind() const { return exchange_->backlog() > settings_.most_backlog; }

void Socket::when_written(std::function<void()> call) {
    if (exchange_->backlog() == 0) return call();
    exchange_->on_drained(std::move(call));
}

void Socket::refused() {
    std::string text;
    append_frame(text, Opcode::text, line(kTokenRefused));
    write(std::move(text));
    close(close_code::token_refused, kTokenRefused);
}

void Socket::failed(std::string_view why) { close(close_code::try_again_later, why); }

void Socket::stop() {
    if (!closing_ && written() > 0) {
        std::string ping;
        websocket::append_ping(ping, written());
        ask(shared(std::move(ping)));
    }
    close(close_code::going_away, session::kStopping);
}

void Socket::taken_over() { close(close_code::taken_over, session::kTakenOver); }

void Socket::session_removed() {
    std::string text;
    append_frame(text, Opcode::text, line(session::kNotFound));
    write(std::move(text));
    close(close_code::session_not_found, session::kNotFound);
}

/// Says why it ends, and waits for the client to say the same. Until then its pongs count.
void Socket::close(std::uint16_t code, std::string_view reason) {
    if (ended_ || std::exchange(closing_, true)) return;
    const auto self = std::static_pointer_cast<Socket>(shared_from_this());
    live().withdraw(*this);
    std::string frame;
    append_frame(frame, Opcode::close, websocket::close_payload(code, reason));
    write(std::move(frame));
    reactor().after(settings_.close_within, [weak = std::weak_ptr(self)] {
        if (const auto socket = weak.lock()) socket->finish();
    });
}

void Socket::finish() {
    if (ended_) return;
    const auto self = shared_from_this();
    lost();
    exchange_->end_stream();
}

void Socket::lost() {
    if (std::exchange(ended_, true)) return;
    const auto self = shared_from_this();
    live().withdraw(*this);
    live().sessions().detach(*this, 0);
    owner_.ended(*this);
}

void Socket::write(std::string bytes) { exchange_->write(shared(std::move(bytes))); }

}  // namespace callboard
