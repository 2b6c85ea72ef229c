#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "app/config_reader.hpp"

namespace callboard::test {

/// `text` with what every configuration needs in front, on line 1.
inline std::string with_dir(const std::string& text) { return "data_dir = 'd'\n" + text; }

/// What is wrong with a configuration, as it is printed for a file `f`.
inline std::vector<std::string> errors_of(std::string_view text, const std::filesystem::path& folder = ".") {
    const auto read = parse_config(text, folder);
    std::vector<std::string> all;
    if (const auto* errors = std::get_if<ConfigErrors>(&read))
        for (const auto& error : *errors) all.push_back(error.text("f"));
    return all;
}

/// A configuration that has to be good.
inline Config good(std::string_view text, const std::filesystem::path& folder = ".") {
    auto read = parse_config(text, folder);
    EXPECT_THAT(errors_of(text, folder), testing::IsEmpty());
    return std::holds_alternative<Config>(read) ? std::get<Config>(std::move(read)) : Config{};
}

}  // namespace callboard::test
