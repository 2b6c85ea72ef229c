#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/process_figures.hpp"
#include "api/snapshot.hpp"
#include "event/json.hpp"

namespace callboard {
namespace {

/// How long a disk may take to say whether it can be written.
constexpr std::chrono::milliseconds kDiskPatience{2'000};

HttpResponse readiness(const Api& api, std::string_view trouble) {
    const std::string_view ready = trouble.empty() ? "true" : "false";
    std::string body = "{\"ready\":";
    body.append(ready).append(",\"journal\":{\"ok\":").append(ready).append(",\"detail\":");
    append_json_string(body, trouble);
    body.append("},\"sources\":").append(sources_json(api.sources())).append("}");
    return json_answer(trouble.empty() ? 200 : 503, std::move(body));
}

}  // namespace

void answer_alive(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange& exchange) {
    exchange->respond(text_answer(200, "ok"));
}

void answer_ready(const Api& api, Reactor& reactor, const HttpRequest&, const PathParameters&,
                  const Exchange& exchange) {
    Hub& hub = api.readers.hub;
    if (const auto known = hub.trouble(); !known.empty()) return exchange->respond(readiness(api, known));
    // Answered by the hub, or by the timer when the disk does not come back: whoever is second finds the
    // exchange done.
    const auto timer = reactor.after(kDiskPatience, [&api, exchange] {
        exchange->respond(readiness(api, "the disk of data_dir does not answer: check the disk"));
    });
    const bool asked = hub.ask_for_trouble([&api, &reactor, exchange, timer](const std::string& trouble) {
        reactor.post([&api, &reactor, exchange, timer, trouble] {
            reactor.cancel(timer);
            exchange->respond(readiness(api, trouble));
        });
    });
    if (asked) return;
    reactor.cancel(timer);
    exchange->respond(readiness(api, "the journal has no time to answer, or callboard stops"));
}

void answer_metrics(const Api& api, Reactor&, const HttpRequest&, const PathParameters&,
                    const Exchange& exchange) {
    Metrics& metrics = api.readers.metrics;
    for (const SourceHealth& source : api.sources())
        metrics
            .gauge("callboard_source_up", "Whether the source hears what it listens to.",
                   {{"source", source.name}})
            .set(source.up ? 1 : 0);
    set_process_figures(metrics);
    HttpResponse response = text_answer(200, metrics.text());
    response.headers[0].second = "text/plain; version=0.0.4; charset=utf-8";
    exchange->respond(response);
}

}  // namespace callboard
