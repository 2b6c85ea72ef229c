// A HEP datagram, and the same bytes as a stream in pieces.
#include <cstring>

#include "fuzz.hpp"
#include "sources/hep/hep_packet.hpp"
#include "sources/hep/hep_stream.hpp"

using namespace callboard;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = fuzz::text_of(data, size);
    HepPacket packet;
    const HepVerdict verdict = decode_hep(bytes, packet);
    fuzz::check(!text_of(verdict).empty(), "every verdict has a name");
    if (verdict == HepVerdict::ok) {
        fuzz::check(packet.version >= 1 && packet.version <= 3, "the version is known");
        fuzz::check(!packet.payload.empty(), "something is mirrored");
        for (std::string_view part : {packet.payload, packet.correlation, packet.auth_key})
            fuzz::check(fuzz::within(part, bytes), "views point into the datagram");
    }

    HepStream stream;
    std::string_view rest = bytes;
    std::size_t piece = 1;
    while (!rest.empty() && !stream.broken()) {
        const auto room = stream.room();
        fuzz::check(!room.empty(), "there is room after every packet was taken");
        const std::size_t count = std::min({piece, room.size(), rest.size()});
        std::memcpy(room.data(), rest.data(), count);
        stream.filled(count);
        rest.remove_prefix(count);
        piece = piece * 3 % 1009 + 1;
        while (const auto whole = stream.next()) {
            fuzz::check(hep3_length(*whole) == whole->size(), "a packet is as long as it says");
            decode_hep(*whole, packet);
        }
    }
    return 0;
}
