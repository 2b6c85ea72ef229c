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

HepIntake::HepIntake(std::string source, Secret password, SipSink& sink, const Clock& clock, Metrics& metrics)
    : source_(std::move(source)),
      password_(std::move(password)),
      sink_(sink),
      clock_(clock),
      packets_(metrics.counter("callboard_hep_packets_total", "HEP packets received, good or bad.",
                               {{"source", source_}})),
      messages_(metrics.counter("callboard_sip_messages_total", "SIP messages read.", {{"source", source_}})),
      skipped_(metrics.counter("callboard_hep_skipped_total",
                               "HEP packets that mirror something else than SIP.", {{"source", source_}})),
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
    if (packet_.payload_type != hep_payload::sip) return skipped_.add();
    const SipVerdict sip = scan_sip(packet_.payload, message_);
    if (sip == SipVerdict::keepalive) return;
    if (sip != SipVerdict::ok) {
        sip_errors_[static_cast<std::size_t>(sip)]->add();
        if (const auto count = sip_log_.hit(steady_))
            spdlog::warn("source {}: {} SIP messages could not be read, the last ({}) mirrored by {}",
                         source_, *count, text_of(sip), sender.text());
        return;
    }
    messages_.add();
    message_.captured = packet_.captured.value_or(now_);
    message_.collected = now_;
    message_.source = packet_.source;
    message_.destination = packet_.destination;
    message_.capture_id = packet_.capture_id;
    message_.correlation = packet_.correlation;
    sink_.on_sip(message_);
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
    sink_.on_pause(clock_.now());
}

void HepIntake::pause_if_due() {
    if (clock_.steady() - paused_ >= kLongestBatch) pause();
}

}  // namespace callboard
