#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Makes the HEP3 packets of a busy exchange's mirror: each call is INVITE, 100, 180, 200, ACK, BYE, 200 with
/// a Call-ID, numbers, tags and branches of its own, and some of the slots carry a REGISTER and its 200
/// instead. Many calls run interleaved. Packets are 580 bytes long on average.
///
/// Making one is a copy and a few patches, so that the maker is not what is measured.
class SipCalls {
  public:
    struct Settings {
        std::size_t at_once = 10'000;      ///< calls that run interleaved
        std::uint64_t numbers = 100'000;   ///< callers and callees are 0972000000 and on, this many
        std::uint64_t register_every = 8;  ///< every how many-th call is a registration instead; 0: none
        std::uint64_t salt = 0;            ///< other calls for another one
    };
    static constexpr std::size_t kLongestPacket = 2'048;

    explicit SipCalls(const Settings& settings) : settings_(settings), calls_(settings.at_once) {
        for (auto& call : calls_) {
            start(call);
            call.wait = call.id % 7;  // so that all kinds of message mix
        }
    }

    /// Writes the next packet, seen at that second and microsecond since 1970, to at least kLongestPacket
    /// bytes; returns its length.
    std::size_t next(char* to, std::uint32_t seconds, std::uint32_t micros) {
        while (calls_[at_].wait > 0) --calls_[at_].wait, at_ = (at_ + 1) % calls_.size();
        Call& call = calls_[at_];
        at_ = (at_ + 1) % calls_.size();
        const auto& flow = call.registers ? registrations_ : invites_;
        const Packet& packet = flow[call.step];
        std::memcpy(to, packet.bytes.data(), packet.bytes.size());
        const std::uint64_t random = mixed(call.id + settings_.salt);
        for (const Field& field : packet.fields)
            fill(to + field.at, field.what, call, random, seconds, micros);
        if (++call.step == flow.size()) start(call);
        return packet.bytes.size();
    }

    std::uint64_t started() const { return started_; }

  private:
    /// I Call-ID, C calling, D called, T tag; B, A, Y branches of the INVITE, its ACK and the BYE (a response
    /// has that of its request, RFC 3261 §8.2.6.2); S and U seconds and microseconds.
    struct Field {
        std::size_t at;
        char what;
    };
    struct Packet {
        std::string bytes;
        std::vector<Field> fields;
    };
    struct Call {
        std::uint64_t id = 0;
        std::size_t step = 0, wait = 0;  // wait: rounds to sit out before the first message
        bool registers = false;
    };

    static std::size_t width(char what) {
        return what == 'I' ? 24 : what == 'C' || what == 'D' ? 10 : what == 'S' || what == 'U' ? 4 : 8;
    }

    static void digits(char* to, std::size_t count, std::uint64_t value, unsigned base) {
        for (; count > 0; value /= base) to[--count] = "0123456789abcdef"[value % base];
    }

    static void big32(char* to, std::uint32_t value) {
        for (int i = 3; i >= 0; --i, value >>= 8) to[i] = static_cast<char>(value & 0xFF);
    }

    static std::uint64_t mixed(std::uint64_t x) {
        x ^= x >> 30, x *= 0xBF58476D1CE4E5B9U, x ^= x >> 27, x *= 0x94D049BB133111EBU;
        return x ^ x >> 31;
    }

    void fill(char* to, char what, const Call& call, std::uint64_t random, std::uint32_t seconds,
              std::uint32_t micros) const {
        constexpr std::uint64_t kFirstNumber = 972'000'000;
        switch (what) {
            case 'I':
                digits(to, 16, random, 16);
                return digits(to + 16, 8, call.id, 16);
            case 'C':
                return digits(to, 10, kFirstNumber + random % settings_.numbers, 10);
            case 'D':
                return digits(to, 10, kFirstNumber + (random >> 20) % settings_.numbers, 10);
            case 'T':
                return digits(to, 8, random >> 7, 16);
            case 'B':
                return digits(to, 8, random, 16);
            case 'A':
                return digits(to, 8, random + 1, 16);
            case 'Y':
                return digits(to, 8, random + 2, 16);
            case 'S':
                return big32(to, seconds);
            default:
                return big32(to, micros);
        }
    }

    void start(Call& call) {
        call = {started_++, 0, 0, false};
        call.registers = settings_.register_every > 0 &&
                         call.id % settings_.register_every == settings_.register_every - 1;
    }

    struct Message {
        std::string first_line, cseq;
        char branch = 'B';
        bool to_tag = true;
        std::string headers = {}, body = {};
        char to = 'D';
    };

    static std::string text_of(const Message& message) {
        return message.first_line + "\r\nVia: SIP/2.0/UDP 10.1.2.3:5060;rport;branch=z9hG4bK%" +
               message.branch +
               "%\r\nRecord-Route: <sip:10.1.2.1;lr;ftag=%T%>\r\nMax-Forwards: 69\r\n"
               "From: \"Alice\" <sip:%C%@voip.example.net>;tag=%T%\r\nTo: <sip:%" +
               message.to + "%@voip.example.net>" + (message.to_tag ? ";tag=as%T%" : "") +
               "\r\nCall-ID: %I%@10.1.2.3\r\nCSeq: " + message.cseq + "\r\n" + message.headers +
               "Content-Length: " + std::to_string(message.body.size()) + "\r\n\r\n" + message.body;
    }

    /// HEP3 (github.com/sipcapture/HEP, §3) around a text with placeholders, `%I%`.
    static Packet encapsulated(const Message& message, bool from_caller) {
        Packet packet;
        packet.bytes.assign("HEP3\0\0", 6);
        const auto chunk = [&packet](char type, std::string_view value) {
            const std::size_t begin = packet.bytes.size();
            packet.bytes.append("\0\0\0", 3).append(1, type).append("\0\0", 2);
            for (std::size_t at = 0; at < value.size();) {
                if (value[at] == '%' && at + 2 < value.size() && value[at + 2] == '%') {
                    packet.fields.push_back({packet.bytes.size(), value[at + 1]});
                    packet.bytes.append(width(value[at + 1]), '0');
                    at += 3;
                } else {
                    packet.bytes += value[at++];
                }
            }
            put16(packet.bytes, begin + 4, packet.bytes.size() - begin);
        };
        const std::string_view caller("\x0A\x01\x02\x03", 4);
        const std::string_view exchange("\x0A\x01\x02\x04", 4);
        const std::string_view port("\x13\xC4", 2);
        chunk(1, std::string_view("\x02", 1));
        chunk(2, std::string_view("\x11", 1));
        chunk(3, from_caller ? caller : exchange);
        chunk(4, from_caller ? exchange : caller);
        chunk(7, port);
        chunk(8, port);
        chunk(9, "%S%");
        chunk(10, "%U%");
        chunk(11, std::string_view("\x01", 1));
        chunk(12, std::string_view("\0\0\x07\xD1", 4));
        chunk(14, "myhep");
        chunk(15, text_of(message));
        put16(packet.bytes, 4, packet.bytes.size());
        return packet;
    }

    static void put16(std::string& bytes, std::size_t at, std::size_t value) {
        bytes[at] = static_cast<char>(value >> 8);
        bytes[at + 1] = static_cast<char>(value & 0xFF);
    }

    static std::vector<Packet> call_flow() {
        const std::string sdp =
            "v=0\r\no=- 1732310000 1 IN IP4 10.1.2.3\r\ns=-\r\nc=IN IP4 10.1.2.3\r\nt=0 0\r\n"
            "m=audio 16384 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
            "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n";
        const std::string contact =
            "Contact: <sip:%C%@10.1.2.3:5060>\r\nUser-Agent: bench-phone/1.0\r\n"
            "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE\r\n";
        const std::string type = "Content-Type: application/sdp\r\n";
        const std::string uri = " sip:%D%@voip.example.net SIP/2.0";
        return {encapsulated({"INVITE" + uri, "1 INVITE", 'B', false, contact + type, sdp}, true),
                encapsulated({"SIP/2.0 100 Trying", "1 INVITE", 'B', false}, false),
                encapsulated({"SIP/2.0 180 Ringing", "1 INVITE", 'B', true, contact}, false),
                encapsulated({"SIP/2.0 200 OK", "1 INVITE", 'B', true, contact + type, sdp}, false),
                encapsulated({"ACK" + uri, "1 ACK", 'A'}, true),
                encapsulated({"BYE" + uri, "2 BYE", 'Y'}, true),
                encapsulated({"SIP/2.0 200 OK", "2 BYE", 'Y'}, false)};
    }

    static std::vector<Packet> register_flow() {
        const std::string contact =
            "Contact: <sip:%C%@10.1.2.3:5060>;expires=3600\r\nExpires: 3600\r\nUser-Agent: "
            "bench-phone/1.0\r\n";
        const std::string cseq = "1 REGISTER";
        return {
            encapsulated({"REGISTER sip:voip.example.net SIP/2.0", cseq, 'B', false, contact, {}, 'C'}, true),
            encapsulated({"SIP/2.0 200 OK", cseq, 'B', true, contact, {}, 'C'}, false)};
    }

    Settings settings_;
    std::uint64_t started_ = 0;
    std::vector<Packet> invites_ = call_flow(), registrations_ = register_flow();
    std::vector<Call> calls_;
    std::size_t at_ = 0;
};

}  // namespace bench
