#pragma once

#include <span>
#include <string_view>

#include "api/assets.hpp"
#include "api/route_match.hpp"
#include "api/routes.hpp"
#include "net/http.hpp"
#include "net/reactor.hpp"

namespace callboard {

/// Answers one request; on the reactor's thread.
using Handle = void (*)(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);

/// `GET /`: the event service of version 1 with a token, the page for a browser without one.
void answer_root(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /api/events`
void answer_events(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /api/snapshot`: as it is, or as it was `at` a time.
void answer_snapshot(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /api/calls`: a page of the history.
void answer_calls(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /api/calls.csv`: all of it that the filters mean, as a stream.
void answer_calls_csv(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /api/calls.jsonl`: the same, an object a line.
void answer_calls_jsonl(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /api/statistics`
void answer_statistics(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /api/callbacks`: callers whom nobody answered.
void answer_callbacks(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `POST /api/callbacks/{id}/done`
void answer_tick_callback(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `DELETE /api/callbacks/{id}/done`
void answer_untick_callback(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /api/contacts`: names of numbers, or a page of who is known.
void answer_contacts(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `POST /api/contacts`: an import; answers when it is in the file.
void answer_import_contacts(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `POST /api/ingest`: answers when the events are in the journal.
void answer_ingest(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /healthz`: the process answers.
void answer_alive(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /readyz`: whether the journal takes events, tried when that is not known from the last second; 503
/// when not. A source that is down is shown, and that is all: the others and the clients are served.
void answer_ready(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /metrics`
void answer_metrics(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /demo/cti`
void answer_page(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /api/openapi.json`
void answer_openapi(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /api/asyncapi.json`
void answer_asyncapi(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /api/docs`
void answer_docs(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);

// Webhooks: a token or a key reads, a key changes.

/// `GET /api/webhooks`
void answer_webhooks(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `POST /api/webhooks`: answers when it is on the disk.
void answer_create_webhook(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `DELETE /api/webhooks/{id}`
void answer_delete_webhook(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `POST /api/webhooks/{id}/test`: answers when the receiver has, or its deadline is over.
void answer_test_webhook(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `POST /api/webhooks/{id}/resume`
void answer_resume_webhook(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /api/webhooks/{id}/deliveries`
void answer_deliveries(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `POST /api/webhooks/{id}/deliveries/{delivery}/replay`: as the test.
void answer_replay_delivery(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);

// Version 2 of the event service (OVH protocol §2).

/// `POST /v2/session`
void answer_create_session(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /v2/session/{id}`
void answer_session(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `DELETE /v2/session/{id}`
void answer_delete_session(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `POST /v2/session/{id}/subscribe/{token}`
void answer_subscribe(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `POST /v2/session/{id}/unsubscribe/{token}`, `DELETE /v2/session/{id}/subscribe/{token}`
void answer_unsubscribe(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /v2/session/{id}/events/poll`
void answer_poll(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);
/// `GET /v2/session/{id}/events/websocket`
void answer_websocket(const Api&, Reactor&, const HttpRequest&, const PathParameters&, const Exchange&);

/// A file of the page, with what keeps a browser from being talked into anything else; 304 when the client
/// has it.
HttpResponse asset_answer(const Asset& asset, const HttpRequest& request);

/// One method of one path and who answers it.
struct Route {
    std::string_view method;  ///< GET also answers HEAD
    std::string_view path;    ///< `/v2/session/{id}`: see match_path()
    Handle handle;
    bool any_origin = false;  ///< pages of other origins may read it
};
/// All of them; files of the page come beside.
std::span<const Route> route_table();

}  // namespace callboard
