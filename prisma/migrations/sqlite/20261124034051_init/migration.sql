-- CreateTable
CREATE TABLE "Room" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "lastActiveAt" DATETIME NOT NULL,
    "config" TEXT NOT NULL,
    "settings" TEXT NOT NULL,
    "rate" TEXT NOT NULL,
    "reachedTime" BIGINT NOT NULL,
    "instructorSecretHash" TEXT NOT NULL,
    "studentSecret" TEXT NOT NULL,
    "observerSecret" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Participant" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "roomId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "color" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "joinedAt" DATETIME NOT NULL,
    "removedAt" DATETIME,
    CONSTRAINT "Participant_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "LogEntry" (
    "roomId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "time" BIGINT NOT NULL,
    "participantId" TEXT,
    "payload" TEXT NOT NULL,

    PRIMARY KEY ("roomId", "sequence"),
    CONSTRAINT "LogEntry_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Keyframe" (
    "roomId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "time" BIGINT NOT NULL,
    "horizon" BIGINT NOT NULL,
    "revision" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "simulationVersion" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "snapshot" BLOB NOT NULL,

    PRIMARY KEY ("roomId", "sequence"),
    CONSTRAINT "Keyframe_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "WorkspaceUpdate" (
    "roomId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "time" BIGINT NOT NULL,
    "update" BLOB NOT NULL,

    PRIMARY KEY ("roomId", "sequence"),
    CONSTRAINT "WorkspaceUpdate_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Terminal" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "roomId" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "ownerName" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "visibility" TEXT NOT NULL,
    "columns" INTEGER NOT NULL,
    "rows" INTEGER NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "closedAt" DATETIME,
    CONSTRAINT "Terminal_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "TerminalOutput" (
    "roomId" TEXT NOT NULL,
    "terminalId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "time" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "data" TEXT NOT NULL,

    PRIMARY KEY ("terminalId", "sequence"),
    CONSTRAINT "TerminalOutput_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Marker" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "roomId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "time" BIGINT NOT NULL,
    "participantName" TEXT,
    "text" TEXT NOT NULL,
    CONSTRAINT "Marker_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "HomeFile" (
    "roomId" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "text" TEXT NOT NULL,

    PRIMARY KEY ("roomId", "path"),
    CONSTRAINT "HomeFile_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "Room_code_key" ON "Room"("code");

-- CreateIndex
CREATE UNIQUE INDEX "Participant_tokenHash_key" ON "Participant"("tokenHash");

-- CreateIndex
CREATE INDEX "Participant_roomId_idx" ON "Participant"("roomId");

-- CreateIndex
CREATE INDEX "Terminal_roomId_idx" ON "Terminal"("roomId");

-- CreateIndex
CREATE INDEX "TerminalOutput_roomId_time_idx" ON "TerminalOutput"("roomId", "time");

-- CreateIndex
CREATE INDEX "Marker_roomId_time_idx" ON "Marker"("roomId", "time");
