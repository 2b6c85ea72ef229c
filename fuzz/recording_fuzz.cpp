// A recording of datagrams, and each made one of now.
#include "fuzz.hpp"
#include "sources/hep/hep_packet.hpp"
#include "sources/hep/recording.hpp"

using namespace callboard;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = fuzz::text_of(data, size);
    const auto packets = parse_recording(bytes);
    if (!packets) fuzz::check(!packets.error().what.empty(), "an error says what is wrong");
    std::size_t total = 0;
    if (packets)
        for (const auto& packet : *packets) total += packet.bytes.size() + 12;
    fuzz::check(!packets || total == size, "every byte belongs to a packet");

    const std::string once = replayed(std::string(bytes), Time(std::chrono::seconds(1'700'000'000)), 7);
    fuzz::check(once.size() == size, "a packet of now is as long as it was");
    HepPacket before;
    HepPacket after;
    fuzz::check(decode_hep(bytes, before) == decode_hep(once, after), "a packet stays one");
    if (decode_hep(bytes, before) != HepVerdict::ok)
        fuzz::check(once == bytes, "what is no HEP stays as it was");
    return 0;
}
