#include "api/ovh/clients.hpp"

#include <utility>

namespace callboard {

ApiClients::ApiClients(std::vector<ApiClient> clients, Time since)
    : clients_(std::move(clients)),
      logged_out_(std::make_unique<std::atomic<bool>[]>(clients_.size())),  // NOLINT: as declared
      since_(since) {}

ApiClients::Found ApiClients::find(std::string_view application_key, std::string_view consumer_key) const {
    Found found;
    for (const ApiClient& known : clients_) {
        const bool application = known.application_key.equals(application_key) && !application_key.empty();
        const bool consumer = known.consumer_key.equals(consumer_key) && !consumer_key.empty();
        found.application |= application;
        if (application && consumer) found.client = &known;
    }
    return found;
}

void ApiClients::log_out(const ApiClient& client) const {
    logged_out_[static_cast<std::size_t>(&client - clients_.data())] = true;
}

bool ApiClients::logged_out(const ApiClient& client) const {
    return logged_out_[static_cast<std::size_t>(&client - clients_.data())];
}

}  // namespace callboard
