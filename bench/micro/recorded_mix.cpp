#include "recorded_mix.hpp"

#include "sources/hep/hep_packet.hpp"
#include "sources/hep/sip_scanner.hpp"
#include "story.hpp"

namespace callboard::bench {

const std::vector<MirroredPacket>& recorded_mix() {
    static const std::vector<MirroredPacket> mix = [] {
        std::vector<MirroredPacket> packets;
        Time begin = time_from_nanoseconds(1'780'000'000'000'000'000);
        for (const auto& name : replay::scenario_names()) {
            const auto scenario = replay::load(name);
            const Time first = scenario.packets.front().received;
            for (const auto& packet : scenario.packets)
                packets.push_back({begin + (packet.received - first), packet.bytes});
            begin = packets.back().received + std::chrono::seconds(1);
        }
        return packets;
    }();
    return mix;
}

const std::vector<std::string_view>& recorded_messages() {
    static const std::vector<std::string_view> messages = [] {
        std::vector<std::string_view> found;
        for (const auto& packet : recorded_mix()) {
            HepPacket hep;
            SipMessage message;
            if (decode_hep(packet.bytes, hep) == HepVerdict::ok && hep.payload_type == hep_payload::sip &&
                scan_sip(hep.payload, message) == SipVerdict::ok)
                found.push_back(hep.payload);
        }
        return found;
    }();
    return messages;
}

}  // namespace callboard::bench
