#include <algorithm>

#include "app/audit_log.hpp"
#include "app/commands.hpp"
#include "app/data_dir.hpp"
#include "app/failure.hpp"
#include "app/history_store.hpp"
#include "contacts/contact_store.hpp"
#include "delivery/key_file.hpp"
#include "delivery/webhook/webhook_file.hpp"
#include "event/eraser.hpp"
#include "event/masking.hpp"
#include "journal/rewrite.hpp"

namespace callboard {
namespace {

Result<std::uint64_t> erase_from_history(const Config& config, const DataDir& data, Eraser& eraser) {
    if (config.history.url.empty() && !std::filesystem::exists(data.history())) return std::uint64_t{0};
    auto store = open_history(config, data);
    if (!store) return store.error();
    auto writer = (*store)->writer();
    if (!writer) return writer.error();
    return (*writer)->rewrite(eraser.number(), [&eraser](HistoryRow& row) {
        // Whose name it is nobody says: with the number it goes.
        row.name.clear();
        for (std::string* text : {&row.calling, &row.called, &row.dialed, &row.cause, &row.call_id})
            eraser.erase(*text);
    });
}

Result<std::uint64_t> erase_from_webhooks(const DataDir& data, Eraser& eraser) {
    if (!std::filesystem::exists(data.webhooks())) return std::uint64_t{0};
    auto key = load_or_create_key(data.key());
    if (!key) return key.error();
    auto file = webhook::WebhookFile::open(data.webhooks(), *key);
    if (!file) return file.error();
    return file->forget_all_that([&eraser](const std::string& text) {
        std::string copy = text;
        return eraser.erase(copy);
    });
}

Result<std::uint64_t> erase_from_contacts(const DataDir& data, const Eraser& eraser) {
    if (!std::filesystem::exists(data.contacts())) return std::uint64_t{0};
    auto store = ContactStore::open(data.contacts());
    if (!store) return store.error();
    return (*store)->erase(eraser.number());
}

}  // namespace

int erase(const std::string& config_file, const std::string& number) {
    const auto read = load_config(config_file);
    if (const auto* errors = std::get_if<ConfigErrors>(&read)) return fail(config_file, *errors);
    const auto& config = std::get<Config>(read);
    Eraser eraser(number, config.default_region);
    if (!eraser.is_number())
        return fail(kWrongUse,
                    fmt::format("\"{}\" is no number of the public network; give it as +33612345678 or as "
                                "it is dialled in {}",
                                number, config.default_region));
    if (std::any_of(config.services.begin(), config.services.end(),
                    [&](const Service& service) { return service.number == eraser.number(); }))
        return fail(kWrongUse, fmt::format("{} is one of your own services", eraser.number()));
    const DataDir data{config.data_dir};
    // The journal first: its lock says whether a server runs, and the history is made of it.
    const auto events =
        rewrite_journal(data.journal(), [&eraser](Record& record) { return eraser.erase_json(record.data); });
    if (!events) return fail(kNotStarted, events.error().what);
    const auto calls = erase_from_history(config, data, eraser);
    if (!calls) return fail(kNotStarted, calls.error().what);
    const auto deliveries = erase_from_webhooks(data, eraser);
    if (!deliveries) return fail(kNotStarted, deliveries.error().what);
    const auto contacts = erase_from_contacts(data, eraser);
    if (!contacts) return fail(kNotStarted, contacts.error().what);
    data.give_to_owner();
    note_command(config, {},
                 act::Erase{masked_number(eraser.number()), *events, *calls, *deliveries, *contacts});
    fmt::print("{}: {} events, {} calls of the history, {} deliveries of webhooks, {} contacts\n",
               eraser.number(), *events, *calls, *deliveries, *contacts);
    return kDone;
}

}  // namespace callboard
