#pragma once

int Lower();
