#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The frames of a WebSocket (RFC 6455 §5). Pure: no I/O.
namespace callboard::websocket {

enum class Opcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA,
};

/// Why a connection is closed (RFC 6455 §7.4.1); those from 4000 on are this service's own.
namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t not_utf8 = 1007;
inline constexpr std::uint16_t too_big = 1009;
inline constexpr std::uint16_t try_again_later = 1013;
inline constexpr std::uint16_t token_refused = 4403;
inline constexpr std::uint16_t session_not_found = 4404;
inline constexpr std::uint16_t taken_over = 4409;
inline constexpr std::uint16_t events_gone = 4410;
}  // namespace close_code

/// Appends what stands before `length` bytes of payload in a frame of a server: final, not masked.
/// `compressed`: the payload is of compression.hpp.
void append_head(std::string& out, Opcode opcode, std::size_t length, bool compressed = false);
/// Appends a whole frame of a server.
void append_frame(std::string& out, Opcode opcode, std::string_view payload);
/// Appends a whole frame of a client, masked with `mask` (RFC 6455 §5.3). `final` false: more fragments
/// follow.
void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask,
                         bool final = true);

/// What a close frame says. Code 1005 stands for none (RFC 6455 §7.1.5).
struct Close {
    std::uint16_t code = 1005;
    std::string reason;
    friend bool operator==(const Close&, const Close&) = default;
};
/// The payload of a close frame. A reason longer than 123 bytes is cut between two characters.
std::string close_payload(std::uint16_t code, std::string_view reason);
/// Reads the payload of a close frame that FrameReader handed over.
Close close_of(std::string_view payload);

/// Cuts the bytes of one side of a connection into messages, resuming at any byte. Keeps at most one message
/// and what one feed() brought.
///
/// Strict as RFC 6455 asks: masks where they have to be and nowhere else, lengths in their shortest form,
/// control frames whole and short, text and reasons in UTF-8.
class FrameReader {
  public:
    enum class Sender { client, server };
    struct Message {
        Opcode opcode = Opcode::text;  ///< never continuation
        std::string payload;           ///< unmasked, all fragments together
        bool compressed = false;       ///< the payload is as it came (RFC 7692 §6.2), and may be no UTF-8
        friend bool operator==(const Message&, const Message&) = default;
    };

    /// `most`: bytes of one message; a longer one fails the connection before it is received. `compression`
    /// was agreed on: data messages may be compressed.
    FrameReader(Sender sender, std::size_t most, bool compression = false)
        : sender_(sender), most_(most), compression_(compression) {}

    void feed(std::string_view bytes);
    /// The next message that is complete. Nothing: more bytes are needed, or failure() says why no more come.
    std::optional<Message> next();
    /// The code to close the connection with; 0 while all is well.
    std::uint16_t failure() const { return failure_; }

  private:
    struct Head {
        Opcode opcode = Opcode::text;
        bool final = false, masked = false, compressed = false;
        std::uint64_t length = 0;  // of the payload
        std::size_t size = 0;      // of the head, mask included
    };
    std::optional<Head> head();
    bool allowed(const Head& head);
    std::string payload_of(const Head& head) const;
    std::optional<Message> control(Opcode opcode, std::string payload);
    std::optional<Message> data(const Head& head, std::string payload);
    void fail(std::uint16_t code);

    const Sender sender_;
    const std::size_t most_;
    const bool compression_;
    std::string buffer_;
    std::size_t read_ = 0;  // of buffer_
    std::string fragments_;
    std::optional<Opcode> fragmented_;  // what the fragments are of
    bool compressed_ = false;           // … and whether they are
    std::uint16_t failure_ = 0;
};

}  // namespace callboard::websocket
