#include <fmt/format.h>

#include <string>
#include <utility>

#include "api/answers.hpp"
#include "api/handlers.hpp"
#include "api/key_access.hpp"
#include "sources/ingest/ingest.hpp"

namespace callboard {
namespace {

HttpResponse try_again() {
    HttpResponse response =
        error_answer(503, "The journal takes no events just now and nothing was kept: send them again later");
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

HttpResponse answer_to(const Result<Hub::Appended>& appended) {
    if (!appended)
        return appended.error().kind == Error::Kind::invalid ? error_answer(400, appended.error().what)
                                                             : try_again();
    const std::uint64_t accepted = appended->last == 0 ? 0 : appended->last - appended->first + 1;
    return json_answer(200, fmt::format(R"({{"accepted":{},"first":{},"last":{}}})", accepted,
                                        appended->first, appended->last));
}

}  // namespace

void answer_ingest(const Api& api, Reactor& reactor, const HttpRequest& request, const PathParameters&,
                   const Exchange& exchange) {
    if (!allowed_by_key(api, reactor, request, exchange, "POST /api/ingest")) return;
    // What a client sends without waiting for answers makes one group of the journal.
    exchange->go_on();
    const Time now = api.clock.now();
    auto events = parse_ingest(request.body, *api.readers.hub.directory(), now);
    if (!events) return exchange->respond(error_answer(400, events.error().what));
    if (events->empty()) return exchange->respond(answer_to(Hub::Appended{}));
    api.publications.publish(
        reactor,
        {*std::move(events), now, [&reactor, exchange](const Result<Hub::Appended>& appended) {
             reactor.post([exchange, response = answer_to(appended)] { exchange->respond(response); });
         }});
}

}  // namespace callboard
