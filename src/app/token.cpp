#include <algorithm>
#include <functional>
#include <thread>

#include "app/audit_log.hpp"
#include "app/commands.hpp"
#include "app/data_dir.hpp"
#include "app/failure.hpp"
#include "event/time_zone.hpp"

namespace callboard {
namespace {

/// Reads the configuration, opens its tokens and lets `work` do the rest.
int with_tokens(const std::string& config_file, const std::function<int(const Config&, TokenStore&)>& work) {
    const auto read = load_config(config_file);
    if (const auto* errors = std::get_if<ConfigErrors>(&read)) return fail(config_file, *errors);
    const auto& config = std::get<Config>(read);
    const SystemClock clock;
    auto tokens = DataDir{config.data_dir}.open_tokens(clock);
    if (!tokens) return fail(kNotStarted, tokens.error().what);
    return work(config, **tokens);
}

/// A server that runs has seen the change when the command returns: whoever comes next can rely on it.
void wait_until_in_force() { std::this_thread::sleep_for(TokenStore::kSeenWithin); }

/// `all services`, `0033972000002`, `0033972000002 easyHunting agent 4242`, `all services, masked`.
std::string what_it_reads(const Token& token) {
    std::string text = token.grant.service.empty() ? "all services" : token.grant.service;
    if (!token.hunting.empty()) text.append(" ").append(token.hunting);
    if (!token.grant.agent.empty()) text.append(" agent ").append(token.grant.agent);
    if (token.grant.masked) text.append(", masked");
    return text;
}

/// Empty when the configuration has the place, else what is wrong.
std::string unknown_place(const Config& config, const std::string& account, const std::string& number) {
    const auto known = std::any_of(config.accounts.begin(), config.accounts.end(),
                                   [&](const Account& one) { return one.id == account; });
    if (!known)
        return fmt::format("the configuration has no account \"{}\"; give the id of an [[account]]", account);
    const auto theirs = [&](const Service& one) { return one.account == account && one.number == number; };
    if (number.empty() || std::any_of(config.services.begin(), config.services.end(), theirs)) return {};
    return fmt::format("account \"{}\" has no service \"{}\"; give the number of one of its services",
                       account, number);
}

int create_each(const TokenCreateOptions& options, std::optional<Duration> lifetime, const Config& config,
                TokenStore& tokens) {
    std::vector<TokenPlace> places;
    for (const Service& service : config.services)
        if (service.account == options.account)
            places.push_back({options.account, service.number, {}, {}, options.masked});
    const auto made = tokens.create_each(places, lifetime);
    if (!made) return fail(kNotStarted, made.error().what);
    for (const Token& token : *made)
        note_command(config, options.account, act::TokenCreate{shown(token.text), options.masked});
    wait_until_in_force();
    for (const Token& token : *made) fmt::print("{}\t{}\n", token.grant.service, token.text);
    return kDone;
}

}  // namespace

int token_create(const TokenCreateOptions& options) {
    const auto lifetime = parse_lifetime(options.expiration);
    if (!lifetime) return fail(kWrongUse, "--expiration: " + lifetime.error().what);
    return with_tokens(options.config_file, [&](const Config& config, TokenStore& tokens) {
        if (auto unknown = unknown_place(config, options.account, options.service); !unknown.empty())
            return fail(kWrongUse, unknown);
        if (options.each_service) return create_each(options, *lifetime, config, tokens);
        auto token = tokens.create({options.account, options.service, {}, {}, options.masked}, *lifetime);
        if (!token) return fail(kNotStarted, token.error().what);
        note_command(config, options.account, act::TokenCreate{shown(token->text), options.masked});
        wait_until_in_force();
        fmt::print("{}\n", token->text);
        return kDone;
    });
}

int token_list(const std::string& config_file, bool reveal) {
    return with_tokens(config_file, [&](const Config& config, TokenStore& tokens) {
        const auto zone = TimeZone::named(config.time_zone);
        if (!zone) return fail(kWrongUse, zone.error().what);
        const auto all = tokens.list();
        note_command(config, {}, act::TokenList{all.size(), reveal});
        for (const auto& token : all)
            fmt::print("{}\t{}\t{}\t{}\n", token.grant.account, what_it_reads(token),
                       token.grant.expires ? zone->datetime(*token.grant.expires) : "never",
                       reveal ? token.text : shown(token.text));
        return kDone;
    });
}

int token_revoke(const std::string& config_file, const std::string& token) {
    return with_tokens(config_file, [&](const Config& config, TokenStore& tokens) {
        const auto revoked = tokens.revoke(token);
        if (!revoked) return fail(kNotStarted, revoked.error().what);
        if (!*revoked)
            return fail(kWrongUse, "no such token is in force; `callboard token list` shows those");
        note_command(config, {}, act::TokenDelete{shown(token)});
        wait_until_in_force();
        return kDone;
    });
}

}  // namespace callboard
