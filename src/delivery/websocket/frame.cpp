#include "delivery/websocket/frame.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

namespace callboard::websocket {
namespace {

constexpr unsigned kFinal = 0x80, kCompressed = 0x40, kReserved = 0x30, kOpcode = 0x0F, kMasked = 0x80,
                   kLength = 0x7F;
constexpr std::size_t kShort = 125, kMedium = 0xFFFF;  // payloads whose length fits 7 and 16 bits
constexpr std::size_t kMaskSize = 4;
constexpr std::size_t kLongestReason = kShort - 2;

unsigned byte(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) value = value << 8 | byte(bytes, i);
    return value;
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xFF);
}

void append_head(std::string& out, unsigned first, std::size_t length, unsigned masked) {
    out += static_cast<char>(first);
    if (length <= kShort) {
        out += static_cast<char>(masked | length);
    } else if (length <= kMedium) {
        out += static_cast<char>(masked | 126);
        append_big_endian(out, length, 2);
    } else {
        out += static_cast<char>(masked | 127);
        append_big_endian(out, length, 8);
    }
}

bool is_control(Opcode opcode) { return static_cast<unsigned>(opcode) >= 0x8; }

bool is_known(unsigned opcode) { return opcode <= 0x2 || (opcode >= 0x8 && opcode <= 0xA); }

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

/// What may be sent in a close frame (RFC 6455 §7.4).
bool is_close_code(std::uint16_t code) {
    return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
           (code >= 3000 && code <= 4999);
}

}  // namespace

void append_head(std::string& out, Opcode opcode, std::size_t length, bool compressed) {
    append_head(out, kFinal | (compressed ? kCompressed : 0) | static_cast<unsigned>(opcode), length, 0);
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
    append_head(out, opcode, payload.size());
    out += payload;
}

void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload, std::uint32_t mask,
                         bool final) {
    append_head(out, (final ? kFinal : 0) | static_cast<unsigned>(opcode), payload.size(), kMasked);
    const std::size_t key = out.size();
    append_big_endian(out, mask, kMaskSize);
    for (std::size_t i = 0; i < payload.size(); ++i)
        out += static_cast<char>(byte(payload, i) ^ byte(out, key + i % kMaskSize));
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
    std::size_t size = std::min(reason.size(), kLongestReason);
    while (size > 0 && size < reason.size() && (byte(reason, size) & 0xC0) == 0x80) --size;
    std::string payload;
    append_big_endian(payload, code, 2);
    return payload.append(reason.substr(0, size));
}

Close close_of(std::string_view payload) {
    if (payload.size() < 2) return {};
    return {static_cast<std::uint16_t>(big_endian(payload.substr(0, 2))), std::string(payload.substr(2))};
}

void FrameReader::feed(std::string_view bytes) {
    if (failure_ == 0) buffer_ += bytes;
}

std::optional<FrameReader::Message> FrameReader::next() {
    while (failure_ == 0) {
        const auto head = this->head();
        if (!head || !allowed(*head)) break;
        if (buffer_.size() - read_ < head->size + head->length) break;
        std::string payload = payload_of(*head);
        read_ += head->size + static_cast<std::size_t>(head->length);
        auto message = is_control(head->opcode) ? control(head->opcode, std::move(payload))
                                                : data(*head, std::move(payload));
        if (message) return message;
    }
    buffer_.erase(0, std::exchange(read_, 0));
    if (buffer_.empty()) std::string().swap(buffer_);  // thousands wait with nothing to say
    return std::nullopt;
}

/// The head of the next frame, when it is complete and well made.
std::optional<FrameReader::Head> FrameReader::head() {
    const std::string_view rest = std::string_view(buffer_).substr(read_);
    if (rest.size() < 2) return std::nullopt;
    const unsigned first = byte(rest, 0), second = byte(rest, 1);
    if ((first & kReserved) != 0 || !is_known(first & kOpcode)) {
        fail(close_code::protocol_error);
        return std::nullopt;
    }
    Head head;
    head.opcode = static_cast<Opcode>(first & kOpcode);
    head.final = (first & kFinal) != 0;
    head.compressed = (first & kCompressed) != 0;
    head.masked = (second & kMasked) != 0;
    head.length = second & kLength;
    const std::size_t more = head.length == 126 ? 2 : head.length == 127 ? 8 : 0;
    head.size = 2 + more + (head.masked ? kMaskSize : 0);
    if (rest.size() < 2 + more) return std::nullopt;
    if (more > 0) {
        head.length = big_endian(rest.substr(2, more));
        const bool shortest = head.length > (more == 2 ? kShort : kMedium);
        if (!shortest || head.length >> 63 != 0) {
            fail(close_code::protocol_error);
            return std::nullopt;
        }
    }
    return head;
}

bool FrameReader::allowed(const Head& head) {
    const bool control = is_control(head.opcode);
    const bool in_place = control                               ? head.final && head.length <= kShort
                          : head.opcode == Opcode::continuation ? fragmented_.has_value()
                                                                : !fragmented_;
    const bool may_be_compressed = compression_ && !control && head.opcode != Opcode::continuation;
    if (head.masked != (sender_ == Sender::client) || !in_place || (head.compressed && !may_be_compressed))
        fail(close_code::protocol_error);
    else if (!control && head.length > most_ - fragments_.size())
        fail(close_code::too_big);
    return failure_ == 0;
}

std::string FrameReader::payload_of(const Head& head) const {
    std::string payload = buffer_.substr(read_ + head.size, static_cast<std::size_t>(head.length));
    if (!head.masked) return payload;
    const std::string_view key = std::string_view(buffer_).substr(read_ + head.size - kMaskSize, kMaskSize);
    for (std::size_t i = 0; i < payload.size(); ++i)
        payload[i] = static_cast<char>(byte(payload, i) ^ byte(key, i % kMaskSize));
    return payload;
}

std::optional<FrameReader::Message> FrameReader::control(Opcode opcode, std::string payload) {
    if (opcode == Opcode::close && !payload.empty()) {
        const bool has_code = payload.size() >= 2 && is_close_code(close_of(payload).code);
        if (!has_code)
            fail(close_code::protocol_error);
        else if (!is_utf8(std::string_view(payload).substr(2)))
            fail(close_code::not_utf8);
        if (failure_ != 0) return std::nullopt;
    }
    return Message{opcode, std::move(payload), false};
}

std::optional<FrameReader::Message> FrameReader::data(const Head& head, std::string payload) {
    if (head.opcode != Opcode::continuation) {
        fragmented_ = head.opcode;
        compressed_ = head.compressed;
    }
    if (fragments_.empty())
        fragments_ = std::move(payload);
    else
        fragments_ += payload;
    if (!head.final) return std::nullopt;
    Message message{*std::exchange(fragmented_, std::nullopt), std::exchange(fragments_, {}), compressed_};
    if (message.opcode == Opcode::text && !message.compressed && !is_utf8(message.payload)) {
        fail(close_code::not_utf8);
        return std::nullopt;
    }
    return message;
}

void FrameReader::fail(std::uint16_t code) { failure_ = code; }

}  // namespace callboard::websocket
