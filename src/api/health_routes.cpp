#include <string>
#include <utility>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/process_figures.hpp"
#include "api/snapshot.hpp"
#include "event/json.hpp"

namespace callboard {

void answer_alive(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange& exchange) {
    exchange->respond(text_answer(200, "ok"));
}

void answer_ready(const Api& api, Reactor&, const HttpRequest&, const PathParameters&,
                  const Exchange& exchange) {
    const std::string trouble = api.readers.hub.trouble();
    const std::string_view ready = trouble.empty() ? "true" : "false";
    std::string body = "{\"ready\":";
    body.append(ready).append(",\"journal\":{\"ok\":").append(ready).append(",\"detail\":");
    append_json_string(body, trouble);
    body.append("},\"sources\":").append(sources_json(api.sources())).append("}");
    exchange->respond(json_answer(trouble.empty() ? 200 : 503, std::move(body)));
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
