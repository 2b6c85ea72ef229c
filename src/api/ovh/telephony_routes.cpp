#include <memory>
#include <string>
#include <vector>

#include "api/ovh/objects.hpp"
#include "api/ovh/routes.hpp"

namespace callboard::ovh_rest {
namespace {

std::shared_ptr<const Directory> directory_of(const Call& call) { return call.api.readers.hub.directory(); }

/// The service that the path names; null when the account has none of this number.
const Service* service_of(const Call& call, const Directory& directory) {
    const Service* const service = directory.by_number(call.parameters["serviceName"]);
    return service != nullptr && service->account == call.parameters["billingAccount"] ? service : nullptr;
}

/// The numbers of an account's services that are `wanted`.
void answer_numbers(const Call& call, bool (*wanted)(const Service&)) {
    const auto directory = directory_of(call);
    const std::string_view account = call.parameters["billingAccount"];
    if (directory->account(account) == nullptr) return call.exchange->respond(rest_answer(no_such_service()));
    std::vector<std::string_view> numbers;
    for (const Service& service : directory->services())
        if (service.account == account && wanted(service)) numbers.push_back(service.number);
    call.exchange->respond(rest_answer(names_json(numbers)));
}

}  // namespace

void answer_me(const Call& call) { call.exchange->respond(rest_answer(me_json(call.api.default_region))); }

void answer_accounts(const Call& call) {
    const auto directory = directory_of(call);
    std::vector<std::string_view> names;
    for (const Account& account : directory->accounts()) names.push_back(account.id);
    call.exchange->respond(rest_answer(names_json(names)));
}

void answer_account(const Call& call) {
    const auto directory = directory_of(call);
    const Account* const account = directory->account(call.parameters["billingAccount"]);
    call.exchange->respond(account == nullptr ? rest_answer(no_such_service())
                                              : rest_answer(billing_account_json(*account)));
}

void answer_services(const Call& call) {
    answer_numbers(call, [](const Service&) { return true; });
}

void answer_service(const Call& call) {
    const auto directory = directory_of(call);
    const Service* const service = service_of(call, *directory);
    call.exchange->respond(service == nullptr ? rest_answer(no_such_service())
                                              : rest_answer(service_json(*service)));
}

void answer_lines(const Call& call) {
    answer_numbers(call, [](const Service& service) { return !service.is_queue(); });
}

void answer_line(const Call& call) {
    const auto directory = directory_of(call);
    const Service* const line = service_of(call, *directory);
    call.exchange->respond(line == nullptr || line->is_queue() ? rest_answer(no_such_service())
                                                               : rest_answer(line_json(*line)));
}

}  // namespace callboard::ovh_rest
