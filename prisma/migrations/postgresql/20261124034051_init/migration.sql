-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "Room" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "lastActiveAt" TIMESTAMP(3) NOT NULL,
    "config" TEXT NOT NULL,
    "settings" TEXT NOT NULL,
    "rate" TEXT NOT NULL,
    "reachedTime" BIGINT NOT NULL,
    "instructorSecretHash" TEXT NOT NULL,
    "studentSecret" TEXT NOT NULL,
    "observerSecret" TEXT NOT NULL,

    CONSTRAINT "Room_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Participant" (
    "id" TEXT NOT NULL,
    "roomId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "color" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "joinedAt" TIMESTAMP(3) NOT NULL,
    "removedAt" TIMESTAMP(3),

    CONSTRAINT "Participant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LogEntry" (
    "roomId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "time" BIGINT NOT NULL,
    "participantId" TEXT,
    "payload" TEXT NOT NULL,

    CONSTRAINT "LogEntry_pkey" PRIMARY KEY ("roomId","sequence")
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
    "snapshot" BYTEA NOT NULL,

    CONSTRAINT "Keyframe_pkey" PRIMARY KEY ("roomId","sequence")
);

-- CreateTable
CREATE TABLE "WorkspaceUpdate" (
    "roomId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "time" BIGINT NOT NULL,
    "update" BYTEA NOT NULL,

    CONSTRAINT "WorkspaceUpdate_pkey" PRIMARY KEY ("roomId","sequence")
);

-- CreateTable
CREATE TABLE "Terminal" (
    "id" TEXT NOT NULL,
    "roomId" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "ownerName" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "visibility" TEXT NOT NULL,
    "columns" INTEGER NOT NULL,
    "rows" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "closedAt" TIMESTAMP(3),

    CONSTRAINT "Terminal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TerminalOutput" (
    "roomId" TEXT NOT NULL,
    "terminalId" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "time" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "data" TEXT NOT NULL,

    CONSTRAINT "TerminalOutput_pkey" PRIMARY KEY ("terminalId","sequence")
);

-- CreateTable
CREATE TABLE "Marker" (
    "id" SERIAL NOT NULL,
    "roomId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "time" BIGINT NOT NULL,
    "participantName" TEXT,
    "text" TEXT NOT NULL,

    CONSTRAINT "Marker_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "HomeFile" (
    "roomId" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "HomeFile_pkey" PRIMARY KEY ("roomId","path")
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

-- AddForeignKey
ALTER TABLE "Participant" ADD CONSTRAINT "Participant_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "LogEntry" ADD CONSTRAINT "LogEntry_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Keyframe" ADD CONSTRAINT "Keyframe_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WorkspaceUpdate" ADD CONSTRAINT "WorkspaceUpdate_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Terminal" ADD CONSTRAINT "Terminal_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TerminalOutput" ADD CONSTRAINT "TerminalOutput_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Marker" ADD CONSTRAINT "Marker_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "HomeFile" ADD CONSTRAINT "HomeFile_roomId_fkey" FOREIGN KEY ("roomId") REFERENCES "Room"("id") ON DELETE CASCADE ON UPDATE CASCADE;
