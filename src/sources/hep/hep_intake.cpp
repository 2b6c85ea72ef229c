#include "sources/hep/hep_intake.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace callboard {
namespace {

constexpr std::chrono::milliseconds kLongestBatch{5};

Counter& hep_error(Metrics& metrics, const std::string& source, std::string_view reason) {
    return metrics.counter("callboard_hep_errors_total", "HEP packets that could not be read, by reason.",
                           {{"source", source}, {"reason", std::string(reason)}});
}

}  // namespace

HepIntake::HepIntake(std::string source, Secret password, SipSink& sip, MgcpSink& mgcp, const Clock& clock,
                     Metrics& metrics)
    : source_(std::move(source)),
      password_(std::move(password)),
      sip_sink_(sip),
      mgcp_sink_(mgcp),
      clock_(clock),
      packets_(metrics.counter("callboard_hep_packets_total", "HEP packets received, good or bad.",
                               {{"source", source_}})),
      sip_messages_(
          metrics.counter("callboard_sip_messages_total", "SIP messages read.", {{"source", source_}})),
      mgcp_messages_(
          metrics.counter("callboard_mgcp_messages_total", "MGCP messages read.", {{"source", source_}})),
      skipped_(metrics.counter("callboard_hep_skipped_total",
                               "HEP packets that mirror something else than SIP or MGCP.",
                               {{"source", source_}})),
      dropped_(metrics.counter("callboard_hep_dropped_total",
                               "HEP packets that the kernel dropped because its buffer was full.",
                               {{"source", source_}})),
      wrong_password_(hep_error(metrics, source_, "wrong_password")),
      broken_stream_(hep_error(metrics, source_, "broken_stream")) {
    for (std::size_t i = 1; i < kHepVerdicts; ++i)
        hep_errors_[i] = &hep_error(metrics, source_, text_of(static_cast<HepVerdict>(i)));
    for (std::size_t i = 1; i < kSipVerdicts; ++i) {
        const auto verdict = static_cast<SipVerdict>(i);
        if (verdict == SipVerdict::keepalive) continue;
        sip_errors_[i] = &metrics.counter("callboard_sip_errors_total",
                                          "Mirrored SIP messages that could not be read, by reason.",
                                          {{"source", source_}, {"reason", std::string(text_of(verdict))}});
    }
    for (std::size_t i = 1; i < kMgcpVerdicts; ++i)
        mgcp_errors_[i] = &metrics.counter(
            "callboard_mgcp_errors_total", "Mirrored MGCP messages that could not be read, by reason.",
            {{"source", source_}, {"reason", std::string(text_of(static_cast<MgcpVerdict>(i)))}});
    begin_batch();
}

void HepIntake::begin_batch() {
    now_ = clock_.now();
    steady_ = clock_.steady();
}

void HepIntake::take(std::string_view packet, const SocketAddress& sender) {
    packets_.add();
    const HepVerdict verdict = decode_hep(packet, packet_);
    if (verdict != HepVerdict::ok)
        return count_hep_error(*hep_errors_[static_cast<std::size_t>(verdict)], text_of(verdict), sender);
    if (!password_.empty() && !password_.equals(packet_.auth_key))
        return count_hep_error(wrong_password_, "wrong_password", sender);
    if (packet_.payload_type == hep_payload::sip) return take_sip(sender);
    if (packet_.payload_type == hep_payload::mgcp) return take_mgcp(sender);
    skipped_.add();
}

void HepIntake::take_sip(const SocketAddress& sender) {
    const SipVerdict sip = scan_sip(packet_.payload, sip_);
    if (sip == SipVerdict::keepalive) return;
    if (sip != SipVerdict::ok) {
        sip_errors_[static_cast<std::size_t>(sip)]->add();
        if (const auto count = sip_log_.hit(steady_))
            spdlog::warn("source {}: {} SIP messages could not be read, the last ({}) mirrored by {}",
                         source_, *count, text_of(sip), sender.text());
        return;
    }
    sip_messages_.add();
    sip_.captured = packet_.captured.value_or(now_);
    sip_.collected = now_;
    sip_.source = packet_.source;
    sip_.destination = packet_.destination;
    sip_.capture_id = packet_.capture_id;
    sip_.correlation = packet_.correlation;
    sip_sink_.on_sip(sip_);
}

void HepIntake::take_mgcp(const SocketAddress& sender) {
    mgcp_.captured = packet_.captured.value_or(now_);
    mgcp_.collected = now_;
    mgcp_.source = packet_.source;
    mgcp_.destination = packet_.destination;
    mgcp_.capture_id = packet_.capture_id;
    std::string_view messages = packet_.payload;
    if (messages.find_first_not_of(std::string_view("\r\n\0", 3)) == std::string_view::npos) return;
    while (!messages.empty()) {
        const MgcpVerdict verdict = scan_mgcp(messages, mgcp_);
        if (verdict == MgcpVerdict::ok) {
            mgcp_messages_.add();
            mgcp_sink_.on_mgcp(mgcp_);
            continue;
        }
        mgcp_errors_[static_cast<std::size_t>(verdict)]->add();
        if (const auto count = mgcp_log_.hit(steady_))
            spdlog::warn("source {}: {} MGCP messages could not be read, the last ({}) mirrored by {}",
                         source_, *count, text_of(verdict), sender.text());
    }
}

void HepIntake::count_hep_error(Counter& counter, std::string_view reason, const SocketAddress& sender) {
    counter.add();
    if (const auto count = hep_log_.hit(steady_))
        spdlog::warn("source {}: {} HEP packets could not be taken, the last ({}) from {}", source_, *count,
                     reason, sender.text());
}

void HepIntake::count_broken_stream(const SocketAddress& sender) {
    count_hep_error(broken_stream_, "broken_stream", sender);
}

void HepIntake::count_dropped(std::uint64_t packets) {
    dropped_.add(packets);
    if (const auto count = drop_log_.hit(clock_.steady(), packets))
        spdlog::warn("source {}: the kernel dropped {} HEP packets; raise net.core.rmem_max, or mirror less",
                     source_, *count);
}

void HepIntake::pause() {
    paused_ = clock_.steady();
    const Time now = clock_.now();
    sip_sink_.on_pause(now);
    mgcp_sink_.on_pause(now);
}

void HepIntake::pause_if_due() {
    if (clock_.steady() - paused_ >= kLongestBatch) pause();
}

}  // namespace callboard
