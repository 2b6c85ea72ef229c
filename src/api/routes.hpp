#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/api_keys.hpp"
#include "api/ovh/clients.hpp"
#include "api/publications.hpp"
#include "api/token_store.hpp"
#include "api/token_writer.hpp"
#include "contacts/contact_store.hpp"
#include "delivery/audit.hpp"
#include "delivery/longpoll/long_poll.hpp"
#include "delivery/readers.hpp"
#include "delivery/session/session_service.hpp"
#include "delivery/sse/event_stream.hpp"
#include "delivery/websocket/web_socket.hpp"
#include "history/desk.hpp"
#include "net/http.hpp"
#include "sources/source.hpp"

namespace callboard {

namespace webhook {
class Courier;
}

/// What the routes are made of. All of it outlives the server.
struct Api {
    Readers readers;
    const Clock& clock;
    Publications& publications;
    LongPoll& long_poll;
    EventStream& event_stream;
    SessionService& sessions;
    WebSocket& web_socket;
    webhook::Courier& webhooks;
    std::function<std::vector<SourceHealth>()> sources;              ///< any thread
    std::function<std::shared_ptr<const ApiKeys>()> api_keys;        ///< any thread; changes with a reload
    std::function<std::shared_ptr<const ApiClients>()> api_clients;  ///< the same
    TokenStore& token_store;
    TokenWriter& token_writer;
    HistoryDesk& history;
    ContactStore& contacts;
    /// Whether the name of a number will be known a little later, because a directory is asked for it on
    /// behalf of an account. Any thread. Empty: nobody is asked.
    std::function<bool(std::string_view account, std::string_view number)> look_up = {};
    Audit& audit;
    std::string public_url;      ///< what clients sign; without a slash at its end
    std::string default_region;  ///< ISO 3166
};

/// Every path of the server → who answers it. The handler keeps a copy of `api`.
HttpHandler routes(Api api);

}  // namespace callboard
