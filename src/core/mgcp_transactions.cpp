#include "core/mgcp_transactions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace callboard {
namespace {

constexpr Duration kDisorder = std::chrono::milliseconds(200);  // mirrors and networks reorder within this

std::string asked_key(const MgcpMessage& message) {
    const SipEndpoint& asker = message.request ? message.source : message.destination;
    return fmt::format("{} {} ", message.transaction, asker.port) +
           std::string(reinterpret_cast<const char*>(asker.address.data()), asker.address.size());
}

/// Not by addresses, which mirrors on both sides of a translator see differently.
std::string seen_key(const MgcpMessage& command) {
    return fmt::format("{} {} {}", command.transaction, static_cast<int>(command.verb),
                       lowered(std::string(command.endpoint)));
}

}  // namespace

bool MgcpTransactions::on_command(const MgcpMessage& command, std::optional<Concluded>& concluded) {
    on_time(command.collected);
    std::string seen = seen_key(command);
    std::string asked = asked_key(command);
    const auto known = seen_.find(seen);
    const bool first = known == seen_.end();
    auto transaction = first ? std::make_shared<Transaction>() : known->second;
    if (first) transaction->command.emplace(command);
    if (const auto early = early_.find(asked); early != early_.end() && transaction->command) {
        concluded.emplace(Concluded{*std::move(transaction->command), std::move(early->second.response)});
        transaction->command.reset();
        early_.erase(early);
    }
    const bool asked_here = asked_.contains(asked);
    if (!first && asked_here) return false;
    if (first) seen_.emplace(seen, transaction);
    asked_.insert_or_assign(asked, std::move(transaction));
    order_.push_back(
        {command.collected + settings_.memory, first ? std::move(seen) : std::string(), std::move(asked)});
    while (order_.size() > settings_.most) forget_first();
    return first;
}

std::optional<MgcpTransactions::Concluded> MgcpTransactions::on_response(const MgcpMessage& response) {
    on_time(response.collected);
    if (response.code < 200) return std::nullopt;  // provisional, or the acknowledgement of a response
    std::string asked = asked_key(response);
    if (const auto known = asked_.find(asked); known != asked_.end()) {
        auto& command = known->second->command;
        if (!command) return std::nullopt;
        Concluded concluded{*std::move(command), KeptMgcpMessage(response)};
        command.reset();
        return concluded;
    }
    if (early_.size() >= settings_.most || early_.contains(asked)) return std::nullopt;
    early_.emplace(asked, Early{KeptMgcpMessage(response), response.collected + kDisorder});
    early_order_.emplace_back(response.collected + kDisorder, std::move(asked));
    return std::nullopt;
}

void MgcpTransactions::forget_first() {
    const Remembered& oldest = order_.front();
    // By now the same asker may have a later transaction with this number.
    const auto seen = seen_.find(oldest.seen);
    const auto asked = asked_.find(oldest.asked);
    if (asked != asked_.end() && (seen == seen_.end() || asked->second == seen->second)) asked_.erase(asked);
    if (seen != seen_.end()) seen_.erase(seen);
    order_.pop_front();
}

void MgcpTransactions::on_time(Time now) {
    while (!order_.empty() && order_.front().until <= now) forget_first();
    for (; !early_order_.empty() && early_order_.front().first <= now; early_order_.pop_front()) {
        const auto early = early_.find(early_order_.front().second);
        if (early != early_.end() && early->second.until <= now) early_.erase(early);
    }
}

}  // namespace callboard
